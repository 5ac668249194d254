internal import SluiceAudit
internal import SluiceRules
internal import Yams

/// The named values of a file that another program wrote.
///
/// They are in ordinary memory while they are imported: the file held them in plain text anyway.
struct ImportedSecrets {
  enum Format: String, CaseIterable {
    case env, json, yaml

    static func guessed(fileName: String, content: [UInt8]) -> Format {
      if fileName.hasSuffix(".json") { return .json }
      if fileName.hasSuffix(".yaml") || fileName.hasSuffix(".yml") { return .yaml }
      let first = content.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
      return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .json : .env
    }
  }

  /// Names from the outside in, and values, in the order of the file.
  private(set) var secrets: [(name: [String], value: String)] = []

  init(_ bytes: [UInt8], format: Format) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UsageError(problem: "the file is not UTF-8", remedy: nil)
    }
    switch format {
    case .env: try readEnvironment(text)
    case .json:
      do {
        read(try JSONValue(parsing: bytes))
      } catch {
        throw UsageError(
          problem: "the file is not JSON: \(error.problem) at byte \(error.byteOffset)",
          remedy: nil)
      }
    case .yaml: try readYAML(text)
    }
    guard !secrets.isEmpty else {
      throw UsageError(problem: "the file names no value", remedy: nil)
    }
  }

  /// A name as a segment of a path.
  static func segment(_ name: String) -> String {
    let kept = name.utf8.map { byte in
      let isKept =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || "._-@+=:".utf8.contains(byte)
      return isKept ? byte : UInt8(ascii: "-")
    }
    return String(decoding: kept, as: UTF8.self)
  }

  // MARK: - .env

  private mutating func readEnvironment(_ text: String) throws {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      var rest = line.drop(while: \.isWhitespace)
      guard let first = rest.first, first != "#" else { continue }
      if rest.hasPrefix("export ") { rest = rest.dropFirst(7).drop(while: \.isWhitespace) }
      guard let equals = rest.firstIndex(of: "="), equals != rest.startIndex else {
        throw UsageError(
          problem: "line \(index + 1) of the file is not NAME=value",
          remedy: "say --format if it is no .env file")
      }
      let name = rest[..<equals].filter { !$0.isWhitespace }
      secrets.append(([name], Self.unquoted(rest[rest.index(after: equals)...])))
    }
  }

  private static func unquoted(_ text: Substring) -> String {
    let trimmed = text.drop(while: \.isWhitespace)
    guard let quote = trimmed.first, quote == "\"" || quote == "'" else {
      // A comment begins at a number sign behind white space.
      var value = trimmed
      if let comment = trimmed.firstRange(of: " #") { value = trimmed[..<comment.lowerBound] }
      while value.last?.isWhitespace == true { value.removeLast() }
      return String(value)
    }
    var value = ""
    var isEscaped = false
    for character in trimmed.dropFirst() {
      if isEscaped {
        value += character == "n" ? "\n" : String(character)
        isEscaped = false
      } else if character == "\\", quote == "\"" {
        isEscaped = true
      } else if character == quote {
        break
      } else {
        value.append(character)
      }
    }
    return value
  }

  // MARK: - JSON

  private mutating func read(_ json: JSONValue) {
    guard let entries = ImportShape.entries(of: json) else { return add([], json) }
    for (name, value) in entries { add(name, value) }
  }

  private mutating func add(_ names: [String], _ json: JSONValue) {
    switch json {
    case .object(let members): for member in members { add(names + [member.name], member.value) }
    case .array(let elements):
      for (index, element) in elements.enumerated() { add(names + [String(index)], element) }
    case .string(let text): if !text.isEmpty { secrets.append((names, text)) }
    case .number, .bool: secrets.append((names, json.canonicalText))
    case .null: break
    }
  }

  // MARK: - YAML

  private mutating func readYAML(_ text: String) throws {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      // What Yams says of the place would quote the line, and with it the value.
      throw UsageError(problem: "the file is not YAML", remedy: nil)
    }
    if let node { read(Self.json(node)) }
  }

  private static func json(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      .object(mapping.map { .init($0.key.string ?? "-", json($0.value)) })
    case .sequence(let sequence): .array(sequence.map(json))
    case .scalar(let scalar): node.null == nil ? .string(scalar.string) : .null
    case .alias: .null
    }
  }
}
