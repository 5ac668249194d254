import SluiceBuiltins
import SluiceCrypto
import SluiceRules
import SluiceScan

@testable import SluiceWorkspace

/// The built-in rules, compiled once for all tests.
enum TestRules {
  static let all = BuiltinRules.all()
  private static let result = Result { try CompiledRules(RuleSet(all)) }

  static func compiled() throws -> CompiledRules { try result.get() }

  /// A key for fingerprints that is none.
  static func fingerprinter() throws -> Fingerprinter {
    let material = Array("not a key, only for tests".utf8)
    return try Fingerprinter(material: SecretBytes(copying: material.span))
  }

  /// A secret of a rule without validators that are hard to meet, made from its recipe.
  static func secret(seed: UInt64) throws -> String {
    String(
      decoding: try Recipe("ghp_${alnum:30}${check:crc32-base62}", seed: seed).text, as: UTF8.self)
  }

  static func workspace(
    hasKey: Bool = false, _ change: (inout Workspace.Options) -> Void = { _ in }
  ) throws -> Workspace {
    var options = Workspace.Options()
    change(&options)
    return Workspace(rules: try compiled(), options: options) {
      hasKey ? try fingerprinter() : nil
    }
  }
}

extension DocumentScanner {
  /// What is found in `pieces`, one after the other.
  mutating func findings(in pieces: [[UInt8]]) -> [ScanFinding] {
    begin()
    for piece in pieces { feed(piece.span) }
    finish()
    return findings
  }
}
