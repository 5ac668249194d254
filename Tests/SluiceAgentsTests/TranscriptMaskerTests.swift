import Foundation
import SluiceAgents
import SluiceFilter
import Testing

@Suite("Transcript masker")
struct TranscriptMaskerTests {
  private final class Folder {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "sluice-transcripts-\(UUID().uuidString)").path

    init() throws {
      try FileManager.default.createDirectory(
        atPath: path + "/projects/a", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String, permissions: Int = 0o640) throws -> String {
      let file = path + "/projects/a/" + name
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes(
        [
          .posixPermissions: permissions,
          .modificationDate: Date(timeIntervalSince1970: 1_700_000_000),
        ], ofItemAtPath: file)
      return file
    }
  }

  private func masker(backup: String? = nil) -> TranscriptMasker {
    TranscriptMasker(
      rules: Sample.rules, options: Filter.Options(), backupSuffix: backup,
      makeFingerprinter: { nil })
  }

  private func text(of path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private let session = #"""
    {"type":"user","message":{"content":"use key_12345678"}}
    {"type":"assistant","message":{"content":[{"text":"k\u0065y_12345678\n"}]}}
    """# + "\n"

  @Test("masks a session in place; permissions and time of change stay, nothing else is left (G3)")
  func inPlace() throws {
    let folder = try Folder()
    let file = try folder.file("s.jsonl", session)
    let outcome = try masker().mask(file)
    #expect(outcome.findings == 2)
    #expect(outcome.backup == nil)
    #expect(
      try text(of: file) == #"""
        {"type":"user","message":{"content":"use [REDACTED:acme-key]"}}
        {"type":"assistant","message":{"content":[{"text":"[REDACTED:acme-key]\n"}]}}
        """# + "\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect((attributes[.modificationDate] as? Date)?.timeIntervalSince1970 == 1_700_000_000)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/projects/a")
        == ["s.jsonl"])
  }

  @Test("leaves a session without secrets untouched")
  func untouched() throws {
    let folder = try Folder()
    let file = try folder.file("s.jsonl", "{\"a\":1}\n")
    let before = try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber]
    #expect(try masker(backup: ".bak").mask(file).findings == 0)
    let after = try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber]
    #expect(before as? Int == after as? Int)
    #expect(!FileManager.default.fileExists(atPath: file + ".bak"))
  }

  @Test("keeps the session as it was if it is told to, and never overwrites what is kept")
  func backup() throws {
    let folder = try Folder()
    let file = try folder.file("s.jsonl", session)
    let outcome = try masker(backup: ".bak").mask(file)
    #expect(outcome.backup == file + ".bak")
    #expect(try text(of: file + ".bak") == session)
    try session.write(toFile: file, atomically: false, encoding: .utf8)
    #expect(throws: TranscriptError.self) { try masker(backup: ".bak").mask(file) }
    #expect(try text(of: file) == session)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/projects/a").sorted()
        == ["s.jsonl", "s.jsonl.bak"])
  }

  @Test("follows a link to the file it names")
  func link() throws {
    let folder = try Folder()
    let file = try folder.file("s.jsonl", session)
    let link = folder.path + "/link.jsonl"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
    #expect(try masker().mask(link).findings == 2)
    #expect(try !text(of: file).contains(Sample.secret))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
  }

  @Test("finds transcripts below folders, and says what is not there")
  func files() throws {
    let folder = try Folder()
    let session = try folder.file("s.jsonl", session)
    let note = try folder.file("memory.md", "key_12345678\n")
    _ = try folder.file("picture.png", "key_12345678\n")
    #expect(
      try TranscriptMasker.files(below: [folder.path + "/projects"]).sorted()
        == [note, session].sorted())
    #expect(throws: TranscriptError.self) {
      try TranscriptMasker.files(below: [folder.path + "/none"])
    }
    #expect(
      TranscriptMasker.usualFolders(environment: ["CLAUDE_CONFIG_DIR": folder.path, "HOME": "/x"])
        == [folder.path + "/projects"])
    #expect(try masker().mask(note).findings == 1)
    #expect(try text(of: note) == "[REDACTED:acme-key]\n")
  }
}
