/// Compares a value with the stream at one place.
enum ExactComparison {
  /// All ways to read the text at one place.
  struct Outcome: BitwiseCopyable {
    /// Where the longest match ends.
    private(set) var end: Int?
    /// If the stream ends before one of the ways is decided: how many bytes of the value are there.
    private(set) var matched: Int?

    static let none = Outcome()

    static func undecided(matched: Int) -> Outcome { Outcome(end: nil, matched: matched) }

    static func match(end: Int) -> Outcome { Outcome(end: end, matched: nil) }

    private init(end: Int? = nil, matched: Int? = nil) {
      self.end = end
      self.matched = matched
    }

    func combined(with other: Outcome) -> Outcome {
      func larger(_ left: Int?, _ right: Int?) -> Int? {
        guard let left, let right else { return left ?? right }
        return max(left, right)
      }
      return Outcome(end: larger(end, other.end), matched: larger(matched, other.matched))
    }
  }

  /// Behind so many characters a line end does not end what is written in base64 or hexadecimal.
  ///
  /// With fewer, many a complete line would be held because the beginning of a value may stand at
  /// its end (G7); `ExactValues.tail` sees to what is left then.
  private static let wrapsAfter = 4

  static func compare(
    _ value: Span<UInt8>, as form: ExactForm, with text: Span<UInt8>, at start: Int
  ) -> Outcome {
    switch form {
    case .text: plain(value, from: 0, text, at: start, mayEscape: .all, isEscaping: false)
    case .hexadecimal: hexadecimal(value, text, at: start)
    case .base64First, .base64Second, .base64Third: base64(value, form, text, at: start)
    }
  }

  // MARK: - Text

  /// Which openers may begin an escape.
  private struct Openers: OptionSet {
    let rawValue: UInt8
    static let backslash = Openers(rawValue: 1)
    static let percent = Openers(rawValue: 2)
    static let entity = Openers(rawValue: 4)
    static let all: Openers = [.backslash, .percent, .entity]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ kind: Escape.Kind) {
      switch kind {
      case .backslash: self = .backslash
      case .percent: self = .percent
      case .entity: self = .entity
      }
    }
  }

  /// Reads on from byte `position` of the value.
  ///
  /// At the first opener there are two readings, an escape or a byte of the value; a text keeps to
  /// the one it began with, so that there are at most four.
  private static func plain(
    _ value: Span<UInt8>, from position: Int, _ text: Span<UInt8>, at start: Int,
    mayEscape: Openers, isEscaping: Bool
  ) -> Outcome {
    var position = position
    var index = start
    var openers = mayEscape
    var other = Outcome.none
    while position < value.count {
      guard index < text.count else { return other.combined(with: .undecided(matched: position)) }
      let byte = text[index]
      if let kind = Escape.Kind(rawValue: byte), openers.contains(Openers(kind)) {
        let escaped = escape(kind, value, from: position, text, at: index)
        if isEscaping { return escaped }
        other = other.combined(with: escaped)
        openers.remove(Openers(kind))
      }
      if byte == value[position] {
        index += 1
        position += 1
      } else if value[position] == 0x0A, byte == 0x0D {
        // A terminal puts a carriage return before each line end.
        guard index + 1 < text.count else {
          return other.combined(with: .undecided(matched: position))
        }
        guard text[index + 1] == 0x0A else { return other }
        index += 2
        position += 1
      } else {
        return other
      }
    }
    return other.combined(with: .match(end: index))
  }

  /// Reads on where an escape begins.
  private static func escape(
    _ kind: Escape.Kind, _ value: Span<UInt8>, from position: Int, _ text: Span<UInt8>,
    at start: Int
  ) -> Outcome {
    switch Escape.read(kind, in: text, at: start) {
    case .none: return .none
    case .incomplete: return .undecided(matched: position)
    case .escape(let decoded, let length):
      guard position + decoded.count <= value.count else { return .none }
      for offset in 0..<decoded.count where decoded[offset] != value[position + offset] {
        return .none
      }
      return plain(
        value, from: position + decoded.count, text, at: start + length,
        mayEscape: Openers(kind), isEscaping: true)
    }
  }

  // MARK: - Hexadecimal

  private static func hexadecimal(
    _ value: Span<UInt8>, _ text: Span<UInt8>, at start: Int
  ) -> Outcome {
    var index = start
    for position in value.indices {
      if position > 0 {
        var skipped = 0
        while index < text.count, skipped < 2,
          isSeparator(text[index], isLineEnd: 2 * position >= wrapsAfter)
        {
          index += 1
          skipped += 1
        }
      }
      for nibble in [value[position] >> 4, value[position] & 15] {
        guard index < text.count else { return .undecided(matched: position) }
        guard Escape.hexValue(text[index]) == UInt32(nibble) else { return .none }
        index += 1
      }
    }
    return .match(end: index)
  }

  private static func isSeparator(_ byte: UInt8, isLineEnd: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "-"): true
    case 0x0A, 0x0D: isLineEnd
    default: false
    }
  }

  // MARK: - Base64

  private static func base64(
    _ value: Span<UInt8>, _ form: ExactForm, _ text: Span<UInt8>, at start: Int
  ) -> Outcome {
    let first = Base64Sextets.first(form)
    var index = start
    for number in first...Base64Sextets.last(of: value.count, form) {
      let wanted = Base64Sextets.sextet(of: value, at: number, form)
      let matched = max(0, (number * 6) / 8 - form.bytesBefore)
      var code: UInt8?
      while code == nil {
        guard index < text.count else { return .undecided(matched: matched) }
        var byte = text[index]
        var length = 1
        if let kind = Escape.Kind(rawValue: byte) {
          switch Escape.read(kind, in: text, at: index) {
          case .none: return .none
          case .incomplete: return .undecided(matched: matched)
          case .escape(let decoded, let count):
            byte = decoded[0]
            length = count
          }
        }
        index += length
        if byte == 0x0A || byte == 0x0D {
          guard number - first >= wrapsAfter else { return .none }
        } else {
          guard let found = Base64Sextets.code(of: byte) else { return .none }
          code = found
        }
      }
      guard let code, code & wanted.mask == wanted.code else { return .none }
    }
    return .match(end: index)
  }
}
