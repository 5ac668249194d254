import Foundation
import Testing

@Suite("Keeping the audit log")
struct AuditKeepingTests {
  @Test("G11: growth is proved between checkpoints, and verification goes on from one")
  func growth() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      sluice audit key > key; sluice audit checkpoint > old.note
      for n in 1 2 3; do printf v | sluice vault put p/$n > /dev/null 2>&1; done
      sluice audit checkpoint > new.note
      sluice audit prove --from old.note > growth; sluice audit prove --from old.note --to new.note > g2
      sluice audit verify --since old.note | head -n 1
      cp -a home kept; mv home gone
      for f in growth g2; do sluice audit verify --proof $f --key key | tail -n 1; done
      sed '3s/./A/' growth > bad; sluice audit verify --proof bad --key key; echo $?
      mv kept home; sluice audit prove --from old.note 3; echo $?
      """)
    let lines = outcome.text.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("entries        3 to ") == true, "\(outcome.text)")
    #expect(lines[1...] == ["intact", "intact", "1", "2"], "\(outcome.text) \(outcome.errors)")
  }

  @Test("csv, cef and oscal: what they hold is on record, with the hash of every byte")
  func hashes() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf v | sluice vault put p > /dev/null 2>&1
      for f in csv cef oscal; do
        sluice audit export --format $f > out 2> /dev/null
        sum=$(sha256sum < out | cut -d' ' -f1)
        sluice audit list --operation audit.export --json | tail -n 1 | grep -c "$sum"
        sluice audit list --operation audit.export --json | tail -n 1 |
          grep -c '"range":"0..<[0-9]*".*"root":"[^"]*".*"selected":"[0-9]*".*"size":"[0-9]*"'
      done
      """)
    #expect(outcome.text == String(repeating: "1\n", count: 6), "\(outcome.text) \(outcome.errors)")
  }

  @Test("a range of time is exported alone, and verifies alone")
  func range() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf v | sluice vault put p > /dev/null 2>&1; sluice audit key > key
      sluice audit export --to 2001-01-01 > none; sluice audit export --from 2001-01-01 > all
      wc -l < none; [ $(wc -l < all) -gt 3 ] && echo more
      for f in none all; do sluice audit verify $f --key key | tail -n 1; done
      """)
    #expect(
      outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        == ["1", "more", "intact", "intact"], "\(outcome.text) \(outcome.errors)")
  }

  @Test("names can be pseudonyms in the log, shown to people, disclosed, and erased")
  func names() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'audit:\\n  names: pseudonym\\n' > s.yaml
      me=$(id -un); sluice audit policy --set --config s.yaml > /dev/null
      printf v | sluice vault put p > /dev/null 2>&1; sluice audit key > key
      sluice audit list --operation secret.put | grep -c "operator $me"
      sluice audit list --operation secret.put --json | grep -c '"name":"person-[0-9a-f]*"'
      sluice audit export --names > named; sluice audit verify named --key key | tail -n 1
      head -n 1 named | grep -c "\\"name\\":\\"$me\\""
      sluice audit erase "$me" > /dev/null; sluice audit erase nobody 2> /dev/null; echo $?
      sluice audit list --operation secret.put | grep -c "operator person-"
      sluice audit verify | tail -n 1
      """)
    #expect(
      outcome.text == "1\n1\nintact\n1\n3\n1\nintact\n", "\(outcome.text) \(outcome.errors)")
  }

  @Test("retention archives whole segments, removes them, and both parts verify")
  func retention() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'audit:\\n  retention: {days: 1, segment: 16}\\n' > s.yaml
      sluice audit policy --set --config s.yaml > /dev/null; mkdir archive
      for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
        printf v | sluice vault put p/$n > /dev/null 2>&1
      done
      sluice audit checkpoint > /dev/null; sluice audit key > key
      sluice audit expire --archive archive
      """)
    #expect(outcome.text == "removed 0 entries\n", "\(outcome.text) \(outcome.errors)")
  }

  @Test("a report is one page, JSON or OSCAL, for every framework, and is itself on record")
  func reports() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf v | sluice vault put p --owner x > /dev/null 2>&1; sluice vault get p > /dev/null
      year=$(date -u +%Y)
      for f in hipaa sox fedramp iso27001 nist800-53; do
        sluice audit report --framework $f --period $year > page.html || exit 1
        tail -n 1 page.html; grep -c 'Not covered by this product</h2>' page.html
        sluice audit report --framework $f --period $year --format json | grep -c '"framework":"'$f'"'
        sluice audit report --framework $f --period $year --format oscal |
          grep -c '"assessment-results":{'
      done
      sluice audit list --operation audit.report | wc -l
      sluice audit report --framework pci --period $year; echo $?
      sluice audit report --framework sox --period never; echo $?
      """)
    #expect(
      outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        == Array(repeating: ["</main></body></html>", "1", "1", "1"], count: 5).flatMap { $0 }
        + ["16", "2", "2"], "\(outcome.text) \(outcome.errors)")
  }

  @Test("a damaged log gives no report")
  func damagedReport() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      command -v sqlite3 > /dev/null || exit 77
      sqlite3 home/vault.db "UPDATE audit_entries SET entry = x'7b7d' WHERE sequence = 1"
      sluice audit report --framework sox --period 2026
      """)
    guard outcome.status != 77 else {
      #expect(ProcessInfo.processInfo.environment["CI"] == nil, "sqlite3 is not installed")
      return
    }
    #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome.errors)")
    #expect(outcome.errors.contains("entry 1 was changed"))
  }
}
