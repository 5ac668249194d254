import Foundation
import Testing

@Suite("Alert settings")
struct AlertSettingsTests {
  @Test("alerts go to a command, as the settings say, and hold no secret (G3)")
  func alerts() throws {
    let folder = try TemporaryFolder()
    let output = folder.path + "/alerts.jsonl"
    let script = try folder.file("page", "cat >> '\(output)'\n")
    let settings = try folder.file(
      "sluice.yaml",
      """
      alerts:
        queue: queue
        perMinute: 10
        repeatAfter: 1h
        to:
          - command: [/bin/sh, \(script)]
      """)
    let key = try folder.file("key", "0123456789abcdef0123456789abcdef")
    let input = Array("k=\(Fake.token)\nk=\(Fake.token)\nk=\(Fake.otherToken)\n".utf8)
    let outcome = try Sluice.run(
      ["filter", "--config", settings, "--fingerprint-key", key], input: input)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = String(decoding: try Sluice.bytes(ofFile: output), as: UTF8.self)
    #expect(text.split(separator: "\n").count == 2, "\(text)")
    #expect(!Fake.leaks(into: text))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/queue") == ["claim"])
  }

  @Test(
    "settings of alerts that cannot be meant are refused with their line",
    arguments: [
      ("alerts: 1", 1), ("alerts:\n  to: []", 2),
      ("alerts:\n  to:\n    - syslog: a\n      x: 1", 4),
      ("alerts:\n  perMinute: 0\n  to:\n    - syslog: /dev/log", 2),
      ("alerts:\n  repeatAfter: soon\n  to:\n    - syslog: /dev/log", 2),
      ("alerts:\n  to:\n    - webhook: ftp://x/", 3), ("alerts:\n  to:\n    - body: slack", 3),
    ])
  func wrongSettings(yaml: String, line: Int) throws {
    let folder = try TemporaryFolder()
    let settings = try folder.file("sluice.yaml", yaml + "\n")
    let outcome = try Sluice.run(["filter", "--config", settings])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("sluice.yaml:\(line): "), "\(outcome.errors)")
  }
}
