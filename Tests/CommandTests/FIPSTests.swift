import Foundation
import Testing

@Suite("sluice --fips")
struct FIPSTests {
  @Test("starts with OpenSSL's FIPS provider only, and not at all where there is none")
  func provider() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      openssl list -providers -provider fips > /dev/null 2>&1 && echo there || echo missing
      printf value | sluice --fips vault put p > out; echo "status $?"
      sluice vault list | grep -c '^p'
      """)
    if outcome.text.hasPrefix("there\n") {
      // The newer providers have Ed25519, which the audit log is signed with.
      #expect(outcome.text.contains("status 0\n1") || outcome.errors.contains("Ed25519"))
      return
    }
    #expect(outcome.text == "missing\nstatus 3\n0\n")
    #expect(
      outcome.errors.hasPrefix("sluice: error: OpenSSL does not offer a FIPS provider\n"),
      "\(outcome.errors)")
  }

  @Test("it is an option of every command")
  func everywhere() throws {
    #expect(try Sluice.run(["--help"]).text.contains("--fips"))
    let outcome = try Sluice.shell(
      "sluice rules list --fips; echo $?; sluice --fips rules list; echo $?")
    #expect(outcome.text == "3\n3\n" || outcome.text.hasSuffix("\n0\n"), "\(outcome.text)")
  }
}
