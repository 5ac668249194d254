internal import Foundation
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceWorkspace

/// Reads and writes the file of `--baseline`.
enum BaselineFile {
  private static let largest = 256 << 20

  /// Tells one fingerprint key from another: the fingerprint of a fixed text.
  static func keyName(_ keyFile: String) throws -> String {
    var fingerprinter = try Loading.fingerprinter(keyFile: keyFile)
    let text = Array("sluice baseline".utf8)
    return String(fingerprinter.fingerprint(of: text.span).hex.prefix(16))
  }

  static func read(_ path: String, key: String?) throws -> Baseline {
    var descriptor = try Descriptor.reading(path: path)
    return try Baseline(try descriptor.readAll(limit: largest), path: path, key: key)
  }

  /// Replaces the file as a whole: a reader sees the old one or the new one.
  static func write(_ baseline: Baseline, to path: String) throws {
    let bytes = try baseline.encoded()
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw UsageError(
        problem: "cannot write the baseline '\(path)'",
        remedy: "check that its folder exists and can be written")
    }
    note("sluice: \(baseline.count) findings are in the baseline '\(path)'")
  }
}
