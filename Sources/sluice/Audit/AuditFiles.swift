internal import Foundation
internal import SluiceAudit
internal import SluiceFilter
internal import SluiceRules

/// Reads what people keep of a log: keys and checkpoints.
enum AuditFiles {
  static func read(_ path: String) throws -> [UInt8] {
    var descriptor = try Descriptor.reading(path: path)
    return try descriptor.readAll(limit: 1 << 20)
  }

  /// A public key, or the first line of a file that holds it.
  static func key(_ text: String) throws -> NoteVerifier {
    if let key = NoteVerifier(text) { return key }
    let content = String(decoding: try read(text), as: UTF8.self)
    guard let line = content.split(separator: "\n").first, let key = NoteVerifier(String(line))
    else {
      throw UsageError(
        problem: "'\(text)' is no public key of a log and no file with one",
        remedy: "'sluice audit key' prints it")
    }
    return key
  }

  static func note(_ path: String) throws -> SignedNote {
    do {
      return try SignedNote(parsing: read(path))
    } catch let error as NoteError {
      throw LogDamage.untrusted(error)
    }
  }

  /// The checkpoint in a file, or those in all `.note` files of a folder.
  static func notes(_ path: String) throws -> [SignedNote] {
    // What cannot be listed is a file.
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return [try note(path)]
    }
    return try names.filter { $0.hasSuffix(".note") && !$0.hasPrefix(".") }.sorted().map {
      try note(path + "/" + $0)
    }
  }
}
