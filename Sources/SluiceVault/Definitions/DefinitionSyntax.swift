/// How a definition file writes values, as far as one must know to put another value in.
package enum DefinitionSyntax: String, Sendable, CaseIterable {
  case json, yaml, toml, env

  /// By the file's name; what has none of the known endings is read like `.env`.
  package init(fileName: String) {
    let name = fileName.lowercased()
    switch name.split(separator: ".").last {
    case "json", "ipynb": self = .json
    case "yaml", "yml": self = .yaml
    case "toml": self = .toml
    default: self = .env
    }
  }
}

/// Where in a text a byte stands.
enum DefinitionPlace: Sendable, Hashable {
  case bare, inDoubleQuotes, inSingleQuotes, comment
}

/// Reads a text byte by byte, only to know which bytes are in quotes and which in a comment.
struct DefinitionReader {
  private let syntax: DefinitionSyntax
  private(set) var place = DefinitionPlace.bare
  private var isEscaped = false
  private var before = UInt8(ascii: "\n")

  init(_ syntax: DefinitionSyntax) { self.syntax = syntax }

  /// Moves over one byte.
  mutating func advance(over byte: UInt8) {
    defer { before = byte }
    if isEscaped {
      isEscaped = false
      return
    }
    switch place {
    case .inDoubleQuotes:
      if byte == UInt8(ascii: "\\") { isEscaped = true }
      if byte == UInt8(ascii: "\"") { place = .bare }
    case .inSingleQuotes:
      if byte == UInt8(ascii: "'") { place = .bare }
    case .comment:
      if byte == UInt8(ascii: "\n") { place = .bare }
    case .bare:
      if byte == UInt8(ascii: "\""), syntax == .json || opensToken {
        place = .inDoubleQuotes
      } else if byte == UInt8(ascii: "'"), syntax != .json, opensToken {
        place = .inSingleQuotes
      } else if byte == UInt8(ascii: "#"), syntax != .json, isBlank(before) {
        place = .comment
      }
    }
  }

  /// Whether a quote here begins a text: an apostrophe within a word does not.
  private var opensToken: Bool {
    isBlank(before) || "[{(,:=".utf8.contains(before)
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r")
  }
}
