import Foundation
import Testing

/// `sluice filter --vault`: the vault's own values in a stream.
@Suite struct KnownValueTests {
  private static let mask = "[REDACTED:vault-secret:"

  @Test(
    "filter --vault masks what the vault holds, plain and encoded, and says which version it is")
  func masks() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'wIsh-bone 4 larder' | sluice vault put app/db > /dev/null
      printf 'user=x password=wIsh-bone 4 larder;%s\\n' "$(printf 'wIsh-bone 4 larder' | base64)" |
        sluice filter --vault --findings findings.jsonl
      cat findings.jsonl
      """)
    let lines = outcome.text.split(separator: "\n")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(lines.count == 3)
    #expect(lines.first?.hasPrefix("user=x password=\(Self.mask)") == true, "\(outcome.text)")
    #expect(!outcome.text.contains("larder") && !outcome.text.contains("d0lzaC1ib25l"))
    #expect(
      lines.dropFirst().allSatisfy {
        $0.contains(
          #""vault":{"tenant":"default","secret":"app/db","version":1,"state":"current"}"#)
      }, "\(outcome.text)")
  }

  @Test("A value that is put or destroyed while a stream runs counts within a second or two")
  func follows() throws {
    let vault = try VaultFolder()
    let filter = try RunningFilter(["--vault", "--mask", "label"], environment: vault.variables)
    try filter.write(Array("one: wIsh-bone-4-larder\n".utf8))
    #expect(try filter.nextLine() == "one: wIsh-bone-4-larder\n")
    _ = try vault.shell("printf 'wIsh-bone-4-larder' | sluice vault put app/db >/dev/null")
    Thread.sleep(forTimeInterval: 2)
    try filter.write(Array("two: wIsh-bone-4-larder\n".utf8))
    #expect(try filter.nextLine() == "two: [REDACTED:vault-secret]\n")
    _ = try vault.shell("sluice vault destroy 'vault://default/app/db#1' --yes >/dev/null")
    Thread.sleep(forTimeInterval: 2)
    try filter.write(Array("three: wIsh-bone-4-larder\n".utf8))
    #expect(try filter.nextLine() == "three: wIsh-bone-4-larder\n")
    try filter.endInput()
    filter.process.waitUntilExit()
    #expect(filter.process.terminationStatus == 0, "\(filter.errors)")
  }

  @Test("--tenant limits what is looked for; an unknown one is wrong usage")
  func tenants() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      sluice tenant create acme >/dev/null 2>&1
      printf 'wIsh-bone-4-larder' | sluice vault put app/db >/dev/null
      printf 'cAndle-stick-9-barn' | sluice vault put app/db --tenant acme >/dev/null
      printf 'wIsh-bone-4-larder cAndle-stick-9-barn\\n' |
        sluice filter --vault --tenant acme --mask label
      sluice filter --vault --tenant nobody </dev/null; echo "status $?"
      sluice filter --tenant acme </dev/null; echo "status $?"
      """)
    #expect(
      outcome.text == "wIsh-bone-4-larder [REDACTED:vault-secret]\nstatus 2\nstatus 2\n")
    #expect(outcome.errors.contains("there is no tenant 'nobody'"))
  }

  @Test("vault put warns of a value that streams are not searched for")
  func warning() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'localhost' | sluice vault put app/host
      printf 'the localhost is up\\n' | sluice filter --vault
      """)
    #expect(outcome.errors.contains("sluice: warning: streams are not searched for this value"))
    #expect(outcome.text.hasSuffix("the localhost is up\n"))
  }

  @Test("Values of a vault that an older program made get their marks when they are first needed")
  func older() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'wIsh-bone-4-larder' | sluice vault put app/db >/dev/null
      sqlite3 home/vault.db 'DELETE FROM marks'
      printf 'x=wIsh-bone-4-larder\\n' | sluice filter --vault --mask label
      sluice audit list | grep -c vault.mark-values
      """)
    #expect(outcome.text == "x=[REDACTED:vault-secret]\n1\n", "\(outcome.errors)")
  }

  @Test(
    "G3: no core of a filter with --vault holds a value before it was in the stream",
    .enabled(
      if: ProcessInfo.processInfo.environment["CI"] == "true"
        || FileManager.default.isExecutableFile(atPath: "/usr/bin/gcore")))
  func core() throws {
    let vault = try VaultFolder()
    _ = try vault.shell("printf 'wIsh-bone-4-larder' | sluice vault put app/db >/dev/null")
    let filter = try RunningFilter(["--vault"], environment: vault.variables)
    try filter.write(Array("one: nothing\n".utf8))
    #expect(try filter.nextLine() == "one: nothing\n")
    let outcome = try vault.shell(
      """
      gcore -o core \(filter.process.processIdentifier) > /dev/null 2>&1
      ls core.* | wc -l
      cat core.* | grep -c -a -e 'wIsh-bone' -e 'd0lzaC1ib25l'
      """)
    #expect(outcome.text == "1\n0\n", "\(outcome.errors)")
    try filter.endInput()
    filter.process.waitUntilExit()
    #expect(filter.process.terminationStatus == 0, "\(filter.errors)")
  }
}
