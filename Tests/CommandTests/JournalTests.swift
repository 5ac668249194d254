import Foundation
import Testing

/// The journal's own tools before and behind the filter.
@Suite("Journal")
struct JournalTests {
  private static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

  /// Where `.ci/loggers` puts the tools, or nil for the system's.
  private static let unpacked: String? = {
    let path =
      ProcessInfo.processInfo.environment["SLUICE_LOGGERS"]
      ?? FileManager.default.currentDirectoryPath + "/.build/loggers"
    let tool = path + "/lib/systemd/systemd-journal-remote"
    return FileManager.default.isExecutableFile(atPath: tool) ? path : nil
  }()

  private static let remote =
    (unpacked ?? "") + "/lib/systemd/systemd-journal-remote"

  /// In CI it must run, so that a missing program is a failure there.
  private static var isThere: Bool {
    isCI || FileManager.default.isExecutableFile(atPath: remote)
  }

  private static let entryCount = 500

  /// Entries as the journal exports them; every tenth has a secret in lines, in a field of its own
  /// or between bytes that are no text.
  private static func export() -> [UInt8] {
    var bytes: [UInt8] = []
    for number in 0..<entryCount {
      let time = 1_700_000_000_000_000 + number
      bytes += Array(
        """
        __REALTIME_TIMESTAMP=\(time)
        __MONOTONIC_TIMESTAMP=\(number)
        _BOOT_ID=0123456789abcdef0123456789abcdef
        PRIORITY=6
        SYSLOG_IDENTIFIER=app

        """.utf8)
      switch number % 30 {
      case 10: bytes += field("MESSAGE", Array("entry \(number)\nk=\(Fake.token)\nend".utf8))
      case 20:
        bytes += Array("MESSAGE=entry \(number)\nTOKEN=\(Fake.otherToken)\n".utf8)
      case 29:
        bytes += Array("MESSAGE=entry \(number)\n".utf8)
        bytes += field("DATA", [0, 0xFF, 0x0A] + Array(" \(Fake.token) ".utf8) + [0x80, 0])
      default: bytes += Array("MESSAGE=entry \(number)\n".utf8)
      }
      bytes.append(0x0A)
    }
    return bytes
  }

  private static func field(_ name: String, _ value: [UInt8]) -> [UInt8] {
    let size = (0..<8).map { UInt8(truncatingIfNeeded: value.count >> (8 * $0)) }
    return Array("\(name)\n".utf8) + size + value + [0x0A]
  }

  @Test(
    "what journalctl exports, systemd-journal-remote takes back: all entries, in order, masked",
    .enabled(if: isThere, "systemd-journal-remote is missing: .ci/loggers .build/loggers"))
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("export", Self.export())
    let journalctl = Self.unpacked.map { $0 + "/bin/journalctl" } ?? "journalctl"
    let outcome = try Sluice.shell(
      """
      cd "$1"; remote=$2; journalctl=$3
      for folder in "$4"/usr/lib/*/systemd; do export LD_LIBRARY_PATH="$folder"; done
      "$remote" -o raw.journal - < export || exit 10
      "$journalctl" --file raw.journal -o export > raw || exit 11
      LD_LIBRARY_PATH= sluice filter --protocol journald < raw > masked || exit 12
      "$remote" -o clean.journal - < masked || exit 13
      "$journalctl" --verify --file clean.journal || exit 14
      "$journalctl" --file clean.journal -o json --all
      """, [folder.path, Self.remote, journalctl, Self.unpacked ?? "/nowhere"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let raw = try Data(contentsOf: URL(filePath: folder.path + "/raw"))
    #expect(Fake.leaks(into: String(decoding: raw, as: UTF8.self)))
    #expect(!Fake.leaks(into: outcome.text))
    let masked = try Sluice.bytes(ofFile: folder.path + "/masked")
    #expect(!Fake.leaks(into: String(decoding: masked, as: UTF8.self)))

    let entries = try outcome.text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    try #require(entries.count == Self.entryCount)
    for (number, entry) in entries.enumerated() {
      let expected =
        number % 30 == 10 ? "entry \(number)\nk=\(Fake.label)\nend" : "entry \(number)"
      #expect(entry["MESSAGE"] as? String == expected)
      if number % 30 == 20 { #expect(entry["TOKEN"] as? String == Fake.label) }
      if number % 30 == 29 {
        let data = try #require(entry["DATA"] as? [Int]).map { UInt8(truncatingIfNeeded: $0) }
        #expect(data == [0, 0xFF, 0x0A] + Array(" \(Fake.label) ".utf8) + [0x80, 0])
      }
    }
  }
}
