internal import Yams

/// Reads the values of JSON and YAML with their places.
///
/// The parser tells line and column of a value's start. What stands there must be that value, or
/// it is left out: a wrong place would be worse than none.
enum YAMLValues {
  /// Values of one file; aliases can make a small file name billions.
  private static let mostValues = 200_000
  private static let mostDocuments = 1000

  /// - Returns: nil if it is no YAML.
  static func all(in bytes: [UInt8], hiding secrets: SecretRanges) -> [StructuredValue]? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var reader = Reader(places: TextPlaces(bytes), secrets: secrets)
    guard var parser = try? Yams.compose_all(yaml: text) else { return nil }
    var documents: [Node] = []
    while documents.count < mostDocuments, let document = parser.next() {
      documents.append(document)
    }
    // What the parser cannot read ends the sequence, and is told here only.
    guard parser.error == nil else { return nil }
    for (index, document) in documents.enumerated() {
      let root = StructurePath()
      reader.read(
        document, path: documents.count == 1 ? root : root.appending(index: index), key: nil)
    }
    return reader.values.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private struct Reader {
    let places: TextPlaces
    let secrets: SecretRanges
    var values: [StructuredValue] = []
    private var visited = 0
    /// Where values begin: an alias shows one a second time.
    private var starts: Set<Int> = []

    init(places: TextPlaces, secrets: SecretRanges) {
      self.places = places
      self.secrets = secrets
    }

    mutating func read(_ node: Node, path: StructurePath, key: String?) {
      visited += 1
      guard visited < mostValues else { return }
      switch node {
      case .scalar(let scalar):
        if let value = value(of: scalar, path: path, key: key),
          starts.insert(value.range.lowerBound).inserted
        {
          values.append(value)
        }
      case .sequence(let items):
        for (index, item) in items.enumerated() {
          read(item, path: path.appending(index: index), key: key)
        }
      case .mapping(let mapping):
        // `{name: DB_PASSWORD, value: …}`, as Kubernetes, compose and workflows list variables.
        let name = (mapping["name"] ?? mapping["key"]).flatMap(shown)
        for (memberKey, member) in mapping {
          let memberName = shown(memberKey)
          let isValue = memberName == "value" || memberName == "default"
          read(
            member, path: path.appending(memberName),
            key: isValue ? name ?? key : memberName)
        }
      case .alias: break
      }
    }

    /// A key as text; nil if it is a secret, or if nobody can tell because its place is unknown.
    private func shown(_ key: Node) -> String? {
      guard let scalar = key.scalar else { return nil }
      if secrets.isEmpty { return scalar.string }
      guard let mark = scalar.mark,
        let range = places.extent(of: scalar, line: mark.line, column: mark.column)
      else { return nil }
      return secrets.overlap(range) ? nil : scalar.string
    }

    private func value(
      of scalar: Node.Scalar, path: StructurePath, key: String?
    ) -> StructuredValue? {
      guard let mark = scalar.mark,
        let range = places.extent(of: scalar, line: mark.line, column: mark.column)
      else { return nil }
      let isQuoted = scalar.style != .plain && scalar.style != .any
      // A tag of an application, such as `!vault` or `!Ref`, makes something else of the text.
      let isTagged = scalar.tag.description.hasPrefix("!")
      return StructuredValue(
        path: path.text, key: key, range: range,
        isText: !isTagged && (isQuoted || Node.scalar(scalar).isText),
        content: Array(scalar.string.utf8))
    }
  }
}

extension Node {
  fileprivate var isText: Bool { int == nil && float == nil && bool == nil && null == nil }
}

/// Finds the bytes of a value from the line and column at which the parser saw it.
private struct TextPlaces {
  private let bytes: [UInt8]
  private let lineStarts: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
    var index = 0
    while index < bytes.count {
      // The line ends of YAML 1.1: LF, CR, CR LF, NEL, LS and PS.
      switch bytes[index] {
      case 0x0A: starts.append(index + 1)
      case 0x0D where index + 1 >= bytes.count || bytes[index + 1] != 0x0A: starts.append(index + 1)
      case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0x85: starts.append(index + 2)
      case 0xE2
      where index + 2 < bytes.count && bytes[index + 1] == 0x80
        && (bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9):
        starts.append(index + 3)
      default: break
      }
      index += 1
    }
    lineStarts = starts
  }

  func extent(of scalar: Node.Scalar, line: Int, column: Int) -> Range<Int>? {
    guard lineStarts.indices.contains(line - 1) else { return nil }
    var start = lineStarts[line - 1]
    for _ in 1..<max(column, 1) {
      start += 1
      while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
    }
    skipProperties(&start)
    guard start < bytes.count else { return nil }
    switch scalar.style {
    case .doubleQuoted: return quoted(from: start, by: UInt8(ascii: "\""))
    case .singleQuoted: return quoted(from: start, by: UInt8(ascii: "'"))
    case .literal, .folded: return block(from: start)
    case .plain, .any:
      let content = Array(scalar.string.utf8)
      return !content.isEmpty && bytes[start...].starts(with: content)
        ? start..<start + content.count : nil
    }
  }

  /// Tags and anchors stand before the value.
  private func skipProperties(_ start: inout Int) {
    while start < bytes.count,
      bytes[start] == UInt8(ascii: "!") || bytes[start] == UInt8(ascii: "&")
    {
      while start < bytes.count, bytes[start] > 0x20 { start += 1 }
      while start < bytes.count, bytes[start] == 0x20 { start += 1 }
    }
  }

  private func quoted(from start: Int, by quote: UInt8) -> Range<Int>? {
    guard bytes[start] == quote else { return nil }
    var end = start + 1
    while end < bytes.count {
      if quote == UInt8(ascii: "\""), bytes[end] == UInt8(ascii: "\\") {
        end += 2
      } else if bytes[end] != quote {
        end += 1
      } else if quote == UInt8(ascii: "'"), end + 1 < bytes.count, bytes[end + 1] == quote {
        end += 2
      } else {
        return start + 1..<end
      }
    }
    return nil
  }

  /// From the line after `|` or `>` up to the first line that is indented no more than the one
  /// with the sign.
  private func block(from start: Int) -> Range<Int>? {
    guard bytes[start] == UInt8(ascii: "|") || bytes[start] == UInt8(ascii: ">"),
      let lineEnd = bytes[start...].firstIndex(of: 0x0A)
    else { return nil }
    let lineStart = bytes[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let indentation = bytes[lineStart..<start].prefix { $0 == 0x20 }.count
    var end = lineEnd + 1
    while end < bytes.count {
      let next = bytes[end...].firstIndex(of: 0x0A) ?? bytes.count
      let blanks = bytes[end..<next].prefix { $0 == 0x20 }.count
      if end + blanks < next, blanks <= indentation { break }
      end = min(next + 1, bytes.count)
    }
    return lineEnd + 1 < end ? lineEnd + 1..<end : nil
  }
}
