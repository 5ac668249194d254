import Foundation
import Testing

@Suite("rotate, revoke and incidents")
struct RotateCommandTests {
  @Test("a secret that people change waits for them, then is rotated, and status shows it")
  func people() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      echo 'connector: static' | sluice rotate target put fax
      printf 'first-pin-1234' | sluice vault put office/fax --target fax
      sluice rotate office/fax; echo "status $?"
      printf 'second-pin-5678' > pin
      sluice rotate office/fax --in pin --drain 0s
      sluice vault get office/fax; echo
      sluice rotate status --json | tr ',' '\\n' | grep -E '"phase"|Version'
      sluice rotate resume office/fax; echo "status $?"
      sluice audit verify
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.text.hasPrefix(
        """
        vault://default/office/fax#1
        status 0
        vault://default/office/fax#2
        second-pin-5678
        "newVersion":2
        "oldVersion":1
        "phase":"complete"
        status 3
        """), "\(outcome.text)")
    #expect(outcome.errors.contains("waits for a new value"))
    #expect(outcome.errors.contains("no rotation of 'office/fax' is under way"))
  }

  @Test(
    "what cannot be is refused with status 2, and says what can",
    arguments: [
      ("connector: postgres", "choose one of: postgresql"),
      ("connector: redis", "has no 'user'"),
      ("connector: static\\nhost: x", "unknown key 'host'"),
      ("{", "is not YAML"),
      ("connector: program", "'command'"),
      ("connector: static\\ntimeout: 1y", "a duration such as"),
    ])
  func wrongTargets(yaml: String, message: String) throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell("printf '\(yaml)' | sluice rotate target put t")
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("what failed is to be begun anew, what stopped to be taken on: the hint says which")
  func hints() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      cat > target.sh <<'END'
      read -r request
      case $request in *'"operation":"provision"'*) fails=1 ;; *) fails=$([ -e gate ]; echo $?) ;; esac
      [ "$fails" = 0 ] || { echo '{"ok":false,"kind":"rejected","problem":"no"}'; exit; }
      echo '{"ok":true}'
      END
      printf 'connector: program\ncommand: [sh, "%s/target.sh"]\n' "$PWD" |
        sluice rotate target put t
      printf 'some-value-1' | sluice vault put a --target t > /dev/null
      sluice rotate a; echo "status $?"
      touch gate
      sluice rotate resume a; echo "status $?"
      sluice rotate resume a; echo "status $?"
      """)
    #expect(outcome.text == "status 3\nstatus 3\nstatus 3\n")
    let hints = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("sluice: hint: ") }
    #expect(
      hints == [
        "sluice: hint: look into the target's log, then: sluice rotate resume vault://default/a",
        "sluice: hint: look into the target's log, then: sluice rotate vault://default/a",
        "sluice: hint: begin one with 'sluice rotate PATH'",
      ], "\(outcome.errors)")
  }

  @Test("G12: no option of rotate takes a value, and a missing target is explained")
  func noTarget() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      "printf 'some-value' | sluice vault put a; sluice rotate a --value some-value; echo $?; sluice rotate a"
    )
    #expect(outcome.status == 3)
    #expect(outcome.text.hasSuffix("\n2\n"))
    #expect(outcome.errors.contains("'a' has no target"))
    #expect(!outcome.errors.contains("some-value"))
  }

  @Test("policies say what is due, and one that fits by class is found")
  func policies() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'a-value-1' | sluice vault put prod/a --policy pci
      printf 'a-value-2' | sluice vault put test/b
      printf 'match: {classes: [pci]}\\nevery: 30d\\n' | sluice rotate policy put monthly
      sluice rotate policy --json
      sluice rotate watch --once; echo "status $?"
      printf 'every: 1s' | sluice rotate policy put fast; echo "status $?"
      """)
    #expect(
      outcome.text.contains(#""path":"prod/a","policy":"monthly","problem":null,"state":"planned""#)
    )
    #expect(!outcome.text.contains("test/b\",\"policy"))
    #expect(outcome.text.hasSuffix("status 0\nstatus 2\n"), "\(outcome.text) \(outcome.errors)")
  }

  @Test("reports count what the policies make due, and what fails")
  func policiesInReports() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'connector: program\ncommand: [/bin/false]\n' | sluice rotate target put broken
      printf 'a-value-1' | sluice vault put prod/a --target broken
      printf 'a-value-2' | sluice vault put prod/b
      printf 'a-value-3' | sluice vault put prod/c
      printf 'match: {paths: [prod/a, prod/b]}\nevery: 20d\n' | sluice rotate policy put all
      sluice rotate prod/a 2> /dev/null || true
      sluice audit report --framework fedramp --period $(date -u +%Y) --format json
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.text.contains("2 due within 30 days, 0 late, 1 failing, of 2 under a policy"),
      "\(outcome.text.prefix(4000))")
    #expect(outcome.text.contains("default/prod/a was to be rotated, which failed"))
  }

  @Test("revoke: a dry run changes nothing, a tag takes what carries it, a window can be undone")
  func revoke() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'a-value-1' | sluice vault put a --policy pci,monthly
      printf 'a-value-2' | sluice vault put b
      sluice revoke --all-of default --dry-run
      sluice revoke --tag pci --undo-window 1h 2> log
      sluice vault get a; echo "status $?"
      sluice revoke --undo "$(sed -nE 's/.*--undo ([0-9a-f]+).*/\\1/p' log)"
      sluice vault get a; echo
      sluice revoke --all-of default --yes | wc -l
      sluice vault get b; echo "status $?"
      """)
    #expect(
      outcome.text.split(separator: "\n").dropFirst(2).map(String.init) == [
        "vault://default/a#1 current", "vault://default/b#1 current", "vault://default/a#1",
        "status 3", "vault://default/a#1", "a-value-1", "2", "status 3",
      ], "\(outcome.text) \(outcome.errors)")
  }

  @Test("a value of the vault in a stream is masked, revoked, and an incident tells of it")
  func leak() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf '%s' '\(Fake.token)' | sluice vault put github > /dev/null
      printf 'push with %s\\nand %s\\n' '\(Fake.token)' '\(Fake.token)' |
        sluice filter --on-leak alert,revoke > masked
      grep -c 'REDACTED:github-pat:' masked
      sluice vault get github; echo "status $?"
      name=$(sluice incidents list | awk 'NR == 2 { print $1 }')
      sluice incidents show "$name" --json | tr ',' '\\n' | grep occurrences
      sluice incidents show "$name" | grep -cE 'incident.open|secret.revoke|revocation'
      sluice incidents close "$name" --comment done
      sluice incidents list --open | wc -l
      sluice audit verify > /dev/null && echo verified
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text.hasPrefix("2\nstatus"), "\(outcome.text) \(outcome.errors)")
    #expect(outcome.text.contains("\"occurrences\":2"))
    #expect(outcome.text.hasSuffix("1\nverified\n"), "\(outcome.text)")
    #expect(outcome.errors.contains("alert: vault://default/github#1 leaked"))
    #expect(!Fake.leaks(into: outcome.text))
  }

  @Test("a value of the vault in a file is revoked by a scan that may do so")
  func scan() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf '%s' '\(Fake.token)' | sluice vault put github > /dev/null
      printf 'push with %s\\n' '\(Fake.token)' > notes.txt
      sluice scan --on-leak revoke notes.txt > /dev/null; echo "status $?"
      sluice vault get github; echo "status $?"
      sluice incidents list --json | tr ',' '\\n' | grep -c '"detail":"scan notes.txt:1"'
      """)
    #expect(outcome.text == "status 1\nstatus 3\n2\n", "\(outcome.errors)")
  }
}
