internal import SluiceScan

/// What is replaced in a file so that a secret is gone.
struct FixTarget {
  /// In the file; holds the secret, or is it.
  let range: Range<Int>
  /// What the vault keeps: the value without quotes, escapes and indentation.
  let value: [UInt8]
  /// What stands around the reference that takes the place of `range`.
  var prefix: [UInt8] = []
  var suffix: [UInt8] = []
  /// Segments of a path, from the file inwards.
  let place: [String]
  /// The path of the value in the document; nil where the document has no structure.
  let structuralPath: String?
}

/// Decides what is replaced for a finding.
///
/// A value of a structured document moves as a whole, because a reference is resolved only where it
/// is a whole value: of `postgres://app:…@db/prod` not the password but all of it.
struct FixPlanner {
  private static let longestValue = 4096
  private static let schemes = ["bearer", "basic", "token", "apikey", "api-key", "bot"]

  let bytes: [UInt8]
  let kind: StructureKind?
  let values: [StructuredValue]

  /// - Throws: `FixRefusal` as the reason.
  func target(for secret: Range<Int>) throws(Refused) -> FixTarget {
    if let value = values.first(where: { $0.range.overlaps(secret) }) {
      return try target(for: secret, in: value)
    }
    if kind != nil, kind != .frontMatter, let literal = literal(around: secret), literal.isKey {
      throw Refused(.key)
    }
    return try target(inText: secret)
  }

  /// A reason, as an error.
  struct Refused: Error {
    let reason: FixRefusal

    init(_ reason: FixRefusal) { self.reason = reason }
  }

  // MARK: - Values

  private func target(
    for secret: Range<Int>, in value: StructuredValue
  ) throws(Refused) -> FixTarget {
    if kind == .notebook, value.path.hasPrefix("$.cells[") {
      guard value.path.contains(".source") else { throw Refused(.output) }
      return try target(inText: secret)
    }
    guard value.isText || value.range == secret || kind == .hcl else { throw Refused(.number) }
    let place = Self.segments(of: value)
    let first = bytes[value.range].first
    if value.range.lowerBound > 0, bytes[value.range.lowerBound - 1] == 0x0A, first != nil {
      return try block(value, place: place)
    }
    guard value.isText else { throw Refused(kind == .hcl ? .partOfText : .number) }
    if value.range != secret { try requireWhole(value) }
    if kind == .lines, value.content.contains(UInt8(ascii: "\\")) { throw Refused(.escapes) }
    return FixTarget(
      range: value.range, value: value.content, place: place, structuralPath: value.path)
  }

  /// A value of which a secret is a part can move as a whole if it is one word.
  private func requireWhole(_ value: StructuredValue) throws(Refused) {
    let words = value.content.split { $0 <= UInt8(ascii: " ") }
    let isOneWord =
      words.count == 1
      || words.count == 2
        && Self.schemes.contains(String(decoding: words[0], as: UTF8.self).lowercased())
    guard isOneWord, value.content.count <= Self.longestValue else { throw Refused(.partOfText) }
  }

  /// A value that has lines of its own: its first line's indentation stays.
  private func block(_ value: StructuredValue, place: [String]) throws(Refused) -> FixTarget {
    let raw = bytes[value.range]
    let lines = raw.split(separator: 0x0A)
    let dashes = Array("-----BEGIN".utf8)
    // Running text with a secret in it stays: only what is one secret as a whole moves.
    guard lines.count == 1 || value.content.starts(with: dashes) else { throw Refused(.partOfText) }
    let indentation = raw.prefix { $0 == 0x20 || $0 == 0x09 }
    var suffix = raw.last == 0x0A ? [UInt8(0x0A)] : []
    if raw.suffix(2).elementsEqual([0x0D, 0x0A]) { suffix = [0x0D, 0x0A] }
    return FixTarget(
      range: value.range, value: value.content, prefix: Array(indentation), suffix: suffix,
      place: place, structuralPath: value.path)
  }

  // MARK: - Text

  private func target(inText secret: Range<Int>) throws(Refused) -> FixTarget {
    guard !bytes[secret].contains(0x0A) else { throw Refused(.lines) }
    let line = lineRange(of: secret)
    let name = key(before: secret, in: line).map { [$0] } ?? []
    if let literal = literal(around: secret) {
      let content = Array(bytes[literal.range])
      guard !content.contains(UInt8(ascii: "\\")) else { throw Refused(.escapes) }
      guard literal.range == secret || !content.contains(where: { $0 <= UInt8(ascii: " ") }) else {
        throw Refused(.partOfText)
      }
      return FixTarget(range: literal.range, value: content, place: name, structuralPath: nil)
    }
    guard isAssigned(secret, in: line) else { throw Refused(.runningText) }
    return FixTarget(range: secret, value: Array(bytes[secret]), place: name, structuralPath: nil)
  }

  private func lineRange(of secret: Range<Int>) -> Range<Int> {
    let start = bytes[..<secret.lowerBound].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return start..<(bytes[secret.upperBound...].firstIndex(of: 0x0A) ?? bytes.count)
  }

  /// The literal in quotes that a secret stands in.
  private func literal(around secret: Range<Int>) -> (range: Range<Int>, isKey: Bool)? {
    let line = lineRange(of: secret)
    let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")]
    guard
      let open = bytes[line.lowerBound..<secret.lowerBound].lastIndex(where: quotes.contains),
      let close = bytes[secret.upperBound..<line.upperBound].firstIndex(of: bytes[open])
    else { return nil }
    var end = close
    // `\"` of a literal in a literal, as in a notebook's cell.
    if bytes[end - 1] == UInt8(ascii: "\\"), open > 0, bytes[open - 1] == UInt8(ascii: "\\") {
      end -= 1
    }
    guard open + 1 <= secret.lowerBound, end >= secret.upperBound else { return nil }
    let rest = bytes[(close + 1)..<line.upperBound].drop { $0 <= UInt8(ascii: " ") }
    return (open + 1..<end, rest.first == UInt8(ascii: ":"))
  }

  /// Whether the secret is all that stands behind `=` or `:` on its line.
  private func isAssigned(_ secret: Range<Int>, in line: Range<Int>) -> Bool {
    let blanks: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    let before = bytes[line.lowerBound..<secret.lowerBound].reversed().drop(while: blanks)
    guard before.first == UInt8(ascii: "=") || before.first == UInt8(ascii: ":") else {
      return false
    }
    let after = bytes[secret.upperBound..<line.upperBound].drop(while: blanks)
    return after.isEmpty || after.first == UInt8(ascii: "#") || after.first == UInt8(ascii: ";")
  }

  /// The name that a value is given to on its line.
  private func key(before secret: Range<Int>, in line: Range<Int>) -> String? {
    guard
      let sign = bytes[line.lowerBound..<secret.lowerBound].lastIndex(where: {
        $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":")
      })
    else { return nil }
    let isName: (UInt8) -> Bool = {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == UInt8(ascii: "_")
    }
    let name = bytes[line.lowerBound..<sign].reversed().drop { !isName($0) }
      .prefix(while: isName).reversed()
    return name.isEmpty || name.count > 100 ? nil : String(decoding: Array(name), as: UTF8.self)
  }

  // MARK: - Places

  /// `mcpServers`, `github`, `env`, `TOKEN` for `$.mcpServers.github.env.TOKEN`; in a list of names
  /// and values the name stands for both.
  private static func segments(of value: StructuredValue) -> [String] {
    var segments: [String] = []
    var segment = ""
    var isQuoted = false
    for character in value.path.dropFirst() {
      switch character {
      case "'" where segment.last != "\\": isQuoted.toggle()
      case ".", "[",
        "]" where !isQuoted:
        if !segment.isEmpty { segments.append(segment) }
        segment = ""
      default: segment.append(character)
      }
    }
    if !segment.isEmpty { segments.append(segment) }
    if let key = value.key, let last = segments.last, last != key,
      last == "value" || last == "default"
    {
      segments.removeLast()
      if segments.last?.allSatisfy(\.isNumber) == true { segments.removeLast() }
      segments.append(key)
    }
    return segments
  }
}
