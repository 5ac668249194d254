import Foundation
import Testing

@Suite("sluice audit")
struct AuditCommandTests {
  @Test("every act is on record, refused ones too, and none holds a value")
  func onRecord() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf '%s' '\(Fake.token)' | sluice vault put p > /dev/null
      sluice vault get p > /dev/null; sluice vault get nothing
      sluice agent create bot; sluice vault get p --agent bot
      sluice audit list; sluice audit list --json --denied
      """)
    #expect(!Fake.leaks(into: outcome.text))
    for expected in [
      "vault.init", "tenant.create", "secret.put", "secret.read", "agent.create",
      "agent default/bot", "there is no secret 'nothing'",
    ] {
      #expect(outcome.text.contains(expected), "\(expected) in \(outcome.text)")
    }
    let denied = outcome.text.split(separator: "\n").filter { $0.hasPrefix("{") }
    #expect(denied.count == 2)
  }

  @Test("G11: an export verifies without the vault, and an edit is named, with status 1")
  func export() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      for n in 1 2 3 4 5; do printf v$n | sluice vault put p/$n > /dev/null 2>&1; done
      sluice tenant create acme; printf v | sluice vault put q --tenant acme > /dev/null 2>&1
      sluice audit key > key; sluice audit checkpoint > note
      sluice audit export > all.jsonl; sluice audit export --tenant acme > acme.jsonl
      sluice audit prove 4 > proof
      mv home gone
      sluice audit verify all.jsonl --key key --checkpoint note | tail -n 1
      sluice audit verify acme.jsonl --key "$(cat key)" | tail -n 1
      sluice audit verify --proof proof --key key > /dev/null 2>&1; echo $?
      grep -c 'p/1' acme.jsonl
      sed 's|p/3|p/9|' all.jsonl > bad.jsonl; sluice audit verify bad.jsonl --key key; echo $?
      sed 6d all.jsonl > bad.jsonl; sluice audit verify bad.jsonl --key key; echo $?
      sed '$d' all.jsonl > bad.jsonl; sluice audit verify bad.jsonl --key key; echo $?
      sed 's/^index 4/index 5/' proof > bad; sluice audit verify --proof bad --key key; echo $?
      sluice audit verify all.jsonl --key nothing; echo $?
      """)
    #expect(outcome.text == "intact\nintact\n0\n0\n1\n1\n1\n1\n2\n", "\(outcome.errors)")
    for expected in [
      "entry 4 was changed", "entry 4 is missing", "the log ends after",
      "line 3 is unreadable",
    ] {
      #expect(outcome.errors.contains(expected), "\(expected) in \(outcome.errors)")
    }
  }

  @Test("G11: a vault that was put back to an old copy does not fit a checkpoint kept elsewhere")
  func rollback() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      cp -a home old; printf v | sluice vault put p > /dev/null 2>&1
      sluice audit checkpoint > note; rm -r home; mv old home
      sluice audit verify | tail -n 1; sluice audit verify --checkpoint note; echo $?
      """)
    #expect(outcome.text == "intact\n1\n")
    #expect(outcome.errors.contains("the log was rolled back"), "\(outcome.errors)")
  }

  @Test("exports for other programs have one record an entry")
  func otherFormats() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf v | sluice vault put p --owner x > /dev/null 2>&1
      sluice audit export --format csv; sluice audit export --format cef
      """)
    let lines = outcome.text.split(separator: "\n")
    let csv = lines.filter { !$0.hasPrefix("CEF:") }
    let cef = lines.filter { $0.hasPrefix("CEF:0|Sluice|Sluice|1|") }
    #expect(csv.first?.hasPrefix("sequence,time,") == true)
    #expect(csv.count - 1 == cef.count - 1)
    #expect(cef.contains { $0.contains("cs3=p") && $0.contains("outcome=success") })
  }

  @Test("a time or a key that is none is wrong usage")
  func usage() throws {
    let vault = try VaultFolder()
    for arguments in [
      "list --from yesterday", "export --format xml", "prove x", "verify a --proof b",
    ] {
      #expect(try vault.shell("sluice audit \(arguments)").status == 2, "\(arguments)")
    }
  }
}
