import Foundation
import Testing

@Suite("gzip'd files")
struct PackedFileTests {
  /// Runs a script in a folder of its own, with `$1` the token.
  private func shell(_ script: String) throws -> Sluice.Outcome {
    let folder = try TemporaryFolder()
    return try Sluice.shell("cd '\(folder.path)'\n\(script)", [Fake.token])
  }

  @Test("G3: what is packed is masked and packed again")
  func both() throws {
    let outcome = try shell(
      """
      printf '{"k":"%s"}\\n' "$1" | gzip > a.json.gz
      sluice filter --in a.json.gz --out b.json.gz --findings findings && gzip -t b.json.gz &&
        zcat b.json.gz && cat findings
      """)
    #expect(outcome.status == 0)
    #expect(outcome.text.hasPrefix("{\"k\":\"\(Fake.label)\"}\n"))
    #expect(outcome.text.contains(#""path":"a.json.gz","line":1,"column":7,"start":6,"end":46,"#))
  }

  @Test("each side goes by its own name")
  func oneSide() throws {
    let outcome = try shell(
      """
      printf 'k=%s\\n' "$1" | gzip > a.gz
      sluice filter --in a.gz; sluice filter --in a.gz --out b; cat b
      sluice filter --in b --out c.gz; zcat c.gz
      """)
    #expect(outcome.text == String(repeating: "k=\(Fake.label)\n", count: 3))
  }

  @Test("G1: bytes of any kind come out as they were, of several members and with padding")
  func bytes() throws {
    let outcome = try shell(
      """
      head -c 700000 /dev/urandom > a; head -c 3000000 /dev/zero > b; : > c
      cat a b c > all; gzip -k a b c; (cat a.gz b.gz c.gz; head -c 1000 /dev/zero) > all.gz
      sluice filter --in all.gz | cmp - all && sluice filter --in all --out out.gz &&
        zcat out.gz | cmp - all && sluice filter --in c.gz --out d.gz && zcat d.gz | cmp - c
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("records of a protocol are unpacked, too")
  func records() throws {
    let outcome = try shell(
      """
      printf '{"log":"k=%s\\\\n","stream":"stdout"}\\n' "$1" | gzip > a.gz
      sluice filter --protocol docker --in a.gz
      """)
    #expect(outcome.text == "{\"log\":\"k=\(Fake.label)\\n\",\"stream\":\"stdout\"}\n")
  }

  @Test(
    "what is no gzip, is damaged or cut off is an error behind all that could be read",
    arguments: [
      "printf 'no gzip' > a.gz", "head -c 100000 whole.gz > a.gz",
      "(cat whole.gz; printf garbage) > a.gz", "(head -c 100000 whole.gz; cat whole.gz) > a.gz",
    ])
  func damage(script: String) throws {
    let outcome = try shell(
      """
      head -c 500000 /dev/urandom | base64 > whole; gzip -k whole; \(script)
      sluice filter --in a.gz > out; status=$?; cmp -n "$(stat -c %s out)" out whole && exit $status
      """)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("cannot read 'a.gz': it is no gzip, or damaged"))
  }

  @Test("omprog does not confirm what still waits to be packed")
  func confirmations() throws {
    let outcome = try shell("sluice filter --protocol omprog --out a.gz < /dev/null")
    #expect(outcome.status == 2)
  }
}
