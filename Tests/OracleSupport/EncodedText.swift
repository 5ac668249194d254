internal import SluiceRules

/// Writes a text in encodings that are drawn by lot, some of them broken.
enum EncodedText {
  static func make(of text: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var output = text
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      output = encoded(output, using: &random)
      guard output.count < 8192 else { break }
    }
    if Int.random(in: 0..<8, using: &random) == 0, !output.isEmpty {
      output.remove(at: Int.random(in: output.indices, using: &random))
    }
    return output
  }

  private static func encoded(_ text: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    let every = UInt8.random(in: 1...6, using: &random)
    func some(_ encode: (UInt8) -> [UInt8]) -> [UInt8] {
      text.enumerated().flatMap { index, byte in
        isPlain(byte) && index % Int(every) != 0 ? [byte] : encode(byte)
      }
    }
    func hex(_ byte: UInt8) -> [UInt8] {
      Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16).utf8)
    }
    switch Int.random(in: 0..<11, using: &random) {
    case 0: return some { Array("\\u00".utf8) + hex($0) }
    case 1: return some { Array("\\x".utf8) + hex($0) }
    case 2: return some { Array("%".utf8) + hex($0) }
    case 3: return some { Array("&#\($0);".utf8) }
    case 4: return some { Array("\u{1B}[3\($0 % 8)m".utf8) + [$0] }
    case 5:
      return quotedPrintable(some { Array("=".utf8) + hex($0).map { $0 > 0x60 ? $0 - 0x20 : $0 } })
    case 6: return Array("\n".utf8) + text.flatMap { [0, $0] } + Array("\u{0}\n".utf8)
    case 7: return text.flatMap(hex)
    case 8: return lines(text, using: &random)
    case 9: return broken(base64(text), using: &random)
    default: return base64(text)
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }

  /// Breaks lines where mail would.
  private static func quotedPrintable(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var column = 0
    for byte in text {
      if column == 75 {
        output += Array("=\r\n".utf8)
        column = 0
      }
      output.append(byte)
      column = byte == 0x0A ? 0 : column + 1
    }
    return output
  }

  /// Breaks base64 into lines, as most programs that write it do.
  private static func broken(_ text: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    let length = [60, 64, 72, 75, 76][Int.random(in: 0..<5, using: &random)]
    let lineBreak = Array(["\n", "\r\n", "\n  "][Int.random(in: 0..<3, using: &random)].utf8)
    return Array(
      stride(from: 0, to: text.count, by: length).map { text[$0..<min($0 + length, text.count)] }
        .joined(separator: lineBreak))
  }

  /// Each line behind a prefix, which may change its length.
  private static func lines(_ text: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var output: [UInt8] = []
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
      output += Array("2026-11-23T07:00:00Z app[\(Int.random(in: 8...12, using: &random))]: ".utf8)
      output += line + [0x0A]
    }
    return output
  }

  private static func base64(_ text: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var output: [UInt8] = []
    for start in stride(from: 0, to: text.count, by: 3) {
      let group = Array(text[start..<min(start + 3, text.count)])
      var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var characters: [UInt8] = []
      for place in 0..<4 {
        characters.insert(place < 3 - group.count ? 0x3D : alphabet[bits & 63], at: 0)
        bits >>= 6
      }
      output += characters
    }
    return output
  }
}
