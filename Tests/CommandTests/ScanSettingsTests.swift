import Foundation
import Testing

@Suite("sluice scan with settings")
struct ScanSettingsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.file("leak.env", "A=1\nGITHUB_TOKEN=\(Fake.token)\n")
    _ = try folder.file("other.env", "GITHUB_TOKEN=\(Fake.otherToken)\n")
  }

  private func scan(_ settings: String, _ more: String = "") throws -> Sluice.Outcome {
    _ = try folder.file("sluice.yaml", settings)
    return try Sluice.shell(
      "cd \"$1\" && sluice scan --config sluice.yaml --format csv \(more) *.env", [folder.path])
  }

  private let owner = "    owner: a@example.org\n    reason: test\n"

  @Test("what the allow list takes in is no finding, and is counted")
  func allow() throws {
    let outcome = try scan(
      "allow:\n  - rule: github-pat\n    path: 'leak.*'\n\(owner)    expires: 2999-01-01\n")
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("other.env") && !outcome.text.contains("leak.env"))
    #expect(outcome.errors.contains("1 allowed by the settings"))
  }

  @Test("an exception that expired does not hold, and is told")
  func expired() throws {
    let outcome = try scan(
      "allow:\n  - rule: github-pat\n    path: 'leak.*'\n\(owner)    expires: 2020-01-01\n")
    #expect(outcome.text.contains("leak.env"))
    #expect(outcome.errors.contains("this allowance expired on 2020-01-01"))
  }

  @Test("an exception by expression or fingerprint looks at the secret")
  func bySecret() throws {
    let text =
      "allow:\n  - regex: '\(Fake.token.prefix(12))\\w+'\n\(owner)    expires: 2999-01-01\n"
    #expect(try scan(text).text.contains("other.env"))
    #expect(try !scan(text).text.contains("leak.env"))
    let key = try folder.file("key", String(repeating: "k", count: 32))
    let found = try scan("rules:\n  minimumConfidence: low\n", "--fingerprint-key \(key)")
    let row = found.text.split(separator: "\r\n").first { $0.hasPrefix("leak.env") }
    let print = try #require(row?.split(separator: ",").first { $0.count == 32 })
    let allowed = "allow:\n  - fingerprint: \(print)\n\(owner)    expires: 2999-01-01\n"
    #expect(try scan(allowed).status == 2, "no key")
    #expect(try !scan(allowed, "--fingerprint-key \(key)").text.contains("leak.env"))
  }

  @Test("a rule that is switched off finds nothing")
  func rules() throws {
    let outcome = try scan("rules:\n  disable:\n    ids: [github-pat]\n")
    #expect(!outcome.text.contains("github-pat"))
  }

  @Test("settings that lie in the folder are not read by themselves")
  func unnamed() throws {
    _ = try folder.file("sluice.yaml", "rules:\n  disable:\n    ids: [github-pat]\n")
    let outcome = try Sluice.shell("cd \"$1\" && sluice scan", [folder.path])
    #expect(outcome.text.contains("[github-pat]"))
  }
}
