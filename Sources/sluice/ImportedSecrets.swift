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
    // aws secretsmanager get-secret-value
    if let name = json["Name"]?.text, let value = json["SecretString"]?.text {
      let names = name.split(separator: "/").map(String.init)
      if let inner = try? JSONValue(parsing: Array(value.utf8)), inner.members != nil {
        add(names, inner)
      } else {
        secrets.append((names, value))
      }
      return
    }
    // vault kv get -format=json: version 2 has the data in the data.
    if json["request_id"] != nil, json["lease_id"] != nil, let data = json["data"] {
      add([], data["metadata"] == nil ? data : data["data"] ?? data)
      return
    }
    // op item get --format json
    if let title = json["title"]?.text, let fields = json["fields"]?.elements {
      for field in fields {
        guard let label = field["label"]?.text, let value = field["value"]?.text,
          !value.isEmpty
        else { continue }
        secrets.append(([title, label], value))
      }
      return
    }
    add([], json)
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
    if let node { add([], node) }
  }

  private mutating func add(_ names: [String], _ node: Node) {
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping { add(names + [key.string ?? "-"], value) }
    case .sequence(let sequence):
      for (index, value) in sequence.enumerated() { add(names + [String(index)], value) }
    case .scalar(let scalar):
      if !scalar.string.isEmpty, node.null == nil { secrets.append((names, scalar.string)) }
    case .alias: break
    }
  }
}
