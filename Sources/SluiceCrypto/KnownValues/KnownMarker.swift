/// Makes the marks by which a value is recognised in a stream, while the value is at hand.
package struct KnownMarker: ~Copyable {
  /// A shorter value stands in ordinary text as well.
  package static let shortest = 8
  /// So is one that is made of fewer different bytes.
  static let fewestDistinct = 5
  /// From this length on one kind of characters is enough.
  static let plainLength = 16
  /// What is longer is recognised in pieces of this length.
  static let longestPiece = 4096
  /// Words of a value of several lines that are shorter are not looked for alone.
  static let shortestWord = 20
  /// What is longer is recognised encoded only where its encoding is told from the text.
  static let longestSpelled = 512

  private let hasher: MatchHasher
  private var fingerprinter: Fingerprinter

  /// - Parameter material: of the fingerprint key.
  /// - Throws: `FingerprintKeyError`.
  package init(material: borrowing SecretBytes) throws(FingerprintKeyError) {
    let key = try MatchKey(material: material)
    fingerprinter = try Fingerprinter(material: material)
    hasher = key.hasher()
  }

  /// Whether looking for a value would not take ordinary text for it.
  ///
  /// It has at least 8 bytes, 5 different ones, and, below 16 bytes, of two kinds: small letters,
  /// capitals, digits and all others. `localhost`, `production` and `12345678` have not.
  package static func isTelling(_ value: Span<UInt8>) -> Bool {
    guard value.count >= shortest else { return false }
    var seen: Set<UInt8> = []
    var kinds: Set<Int> = []
    for index in value.indices {
      seen.insert(value[index])
      switch value[index] {
      case 0x61...0x7A: kinds.insert(0)
      case 0x41...0x5A: kinds.insert(1)
      case 0x30...0x39: kinds.insert(2)
      default: kinds.insert(3)
      }
      if seen.count >= fewestDistinct, kinds.count > 1 || value.count >= plainLength { return true }
    }
    return false
  }

  /// The marks of a value: as it is, as JSON and most languages escape it, in base64 at each
  /// alignment and in hexadecimal.
  ///
  /// Other escapes and what stands in longer encoded texts is for the scanner to decode. Of a value of
  /// several lines the words are known, too, if they look like keys, as the lines of PEM do.
  ///
  /// - Returns: none if the value is not telling.
  package mutating func marks(of value: Span<UInt8>) -> [KnownMark] {
    guard Self.isTelling(value) else { return [] }
    var marks: [KnownMark] = []
    appendPieces(of: value, to: &marks)
    if value.indices.contains(where: { value[$0] == UInt8(ascii: "\n") }) {
      appendWords(of: value, to: &marks)
    }
    appendEscaped(value, to: &marks)
    if value.count <= Self.longestSpelled { appendSpellings(of: value, to: &marks) }
    return marks
  }

  private mutating func append(
    _ spelling: Span<UInt8>, lead: UInt8 = 0, trail: UInt8 = 0, to marks: inout [KnownMark]
  ) {
    marks.append(
      KnownMark(
        spelling, lead: lead, trail: trail, hasher: hasher, fingerprinter: &fingerprinter))
  }

  private mutating func appendPieces(of value: Span<UInt8>, to marks: inout [KnownMark]) {
    let count = (value.count + Self.longestPiece - 1) / Self.longestPiece
    for number in 0..<count {
      var start = value.count * number / count
      let end = value.count * (number + 1) / count
      // A window must fit into the first line: one that is cut close to its end is taken along.
      let shortest = KnownMark.windowLength
      if let short = (start..<min(start + shortest, end)).first(where: { value[$0] == 0x0A }) {
        start = max(start - shortest, short - shortest, 0)
      }
      let piece = value.extracting(start..<end)
      let lineEnd = piece.indices.first { piece[$0] == 0x0A } ?? piece.count
      // How PEM begins says nothing.
      guard lineEnd >= shortest, piece[0] != UInt8(ascii: "-") || lineEnd == piece.count else {
        continue
      }
      append(piece, to: &marks)
    }
  }

  /// With a backslash before quotes, backslashes and line ends: a scanner leaves these as they are.
  private mutating func appendEscaped(_ value: Span<UInt8>, to marks: inout [KnownMark]) {
    let escapes = value.indices.count { Self.escaped(value[$0]) != nil }
    guard escapes > 0, value.count + escapes <= 2 * Self.longestPiece else { return }
    let spelling = SecretBytes(count: value.count + escapes) { output in
      for index in value.indices {
        let escaped = Self.escaped(value[index])
        if escaped != nil { output.append(UInt8(ascii: "\\")) }
        output.append(escaped ?? value[index])
      }
    }
    spelling.withBytes { append($0, to: &marks) }
  }

  /// What stands behind the backslash (RFC 8259 §7).
  private static func escaped(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    case UInt8(ascii: "\n"): UInt8(ascii: "n")
    case UInt8(ascii: "\r"): UInt8(ascii: "r")
    case UInt8(ascii: "\t"): UInt8(ascii: "t")
    default: nil
    }
  }

  private mutating func appendWords(of value: Span<UInt8>, to marks: inout [KnownMark]) {
    var start = 0
    for index in 0...value.count
    where index == value.count || !Self.isKeyCharacter(value[index]) {
      let word = value.extracting(start..<index)
      start = index + 1
      guard (Self.shortestWord...Self.longestPiece).contains(word.count) else { continue }
      let kinds = [UInt8(0x61)...0x7A, 0x41...0x5A, 0x30...0x39]
      guard kinds.allSatisfy({ kind in word.indices.contains { kind.contains(word[$0]) } }) else {
        continue
      }
      append(word, to: &marks)
    }
  }

  /// The alphabets of base64, with padding.
  private static func isKeyCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "="):
      true
    default: false
    }
  }

  private mutating func appendSpellings(of value: Span<UInt8>, to marks: inout [KnownMark]) {
    for alphabet in [Base64Alphabet.standard, .url] {
      for before in 0..<3 {
        // Characters whose six bits are all of the value.
        let sextets = (8 * before + 5) / 6..<8 * (before + value.count) / 6
        guard sextets.count >= KnownMark.windowLength else { continue }
        var isOfAlphabet = alphabet == .standard
        let spelling = SecretBytes(count: sextets.count) { output in
          for sextet in sextets {
            let code = Self.sextet(sextet, of: value, before: before)
            if code > 61 { isOfAlphabet = true }
            output.append(alphabet.character(code))
          }
        }
        // In most values both alphabets give the same.
        guard isOfAlphabet else { continue }
        spelling.withBytes { bytes in
          append(
            bytes, lead: before == 0 ? 0 : 1,
            trail: 8 * (before + value.count) % 6 == 0 ? 0 : 1, to: &marks)
        }
      }
    }
    for letters: UInt8 in [0x57, 0x37] {
      let spelling = SecretBytes(count: 2 * value.count) { output in
        for index in value.indices {
          for nibble in [value[index] >> 4, value[index] & 15] {
            output.append(nibble < 10 ? 0x30 + nibble : letters + nibble)
          }
        }
      }
      spelling.withBytes { append($0, to: &marks) }
    }
  }

  private static func sextet(_ number: Int, of value: Span<UInt8>, before: Int) -> UInt8 {
    func byte(_ index: Int) -> UInt16 {
      value.indices.contains(index - before) ? UInt16(value[index - before]) : 0
    }
    let first = 6 * number / 8
    let pair = byte(first) << 8 | byte(first + 1)
    return UInt8(truncatingIfNeeded: pair >> UInt16(10 - (6 * number) % 8)) & 0x3F
  }

  /// RFC 4648 §4 and §5.
  private enum Base64Alphabet: Equatable {
    case standard, url

    func character(_ value: UInt8) -> UInt8 {
      switch value {
      case 0..<26: 0x41 + value
      case 26..<52: 0x47 + value
      case 52..<62: value - 4
      case 62: self == .standard ? 0x2B : 0x2D
      default: self == .standard ? 0x2F : 0x5F
      }
    }
  }
}
