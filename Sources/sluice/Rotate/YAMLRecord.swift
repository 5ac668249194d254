internal import Foundation
internal import Glibc
internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import Yams

/// A description that an operator writes in YAML, as the vault keeps it.
enum YAMLRecord {
  private static let largest = 65_536

  /// - Parameters:
  ///   - file: nil for standard input.
  ///   - what: what messages call it.
  /// - Returns: texts, flags, lists and objects.
  /// - Throws: `ConfigurationError`.
  static func read(file: String?, what: String) throws -> JSONValue {
    var source =
      try file.map { try Descriptor.reading(path: $0) }
      ?? Descriptor(borrowing: STDIN_FILENO, named: "standard input")
    let bytes = try source.readSecret(limit: largest)
    let text = bytes.withBytes { bytes in
      String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
    return try configuring {
      do {
        guard let node = try Yams.compose(yaml: text) else {
          throw UsageError(problem: "\(what) is empty", remedy: nil)
        }
        return try json(node, what)
      } catch is YamlError {
        throw UsageError(problem: "\(what) is not YAML", remedy: "put texts into single quotes")
      }
    }
  }

  private static func json(_ node: Node, _ what: String) throws -> JSONValue {
    switch node {
    case .scalar(let scalar):
      // Everything but a flag is a text: what wants a number reads it from there.
      if scalar.style == .plain, let flag = Bool.construct(from: scalar) { return .bool(flag) }
      return .string(scalar.string)
    case .sequence(let sequence): return .array(try sequence.map { try json($0, what) })
    case .mapping(let mapping):
      return .object(
        try mapping.map { key, value in
          guard let name = key.scalar?.string else {
            throw UsageError(problem: "a key in \(what) is no text", remedy: nil)
          }
          return .init(name, try json(value, what))
        })
    case .alias:
      throw UsageError(problem: "\(what) has an alias", remedy: "write the text out")
    }
  }
}
