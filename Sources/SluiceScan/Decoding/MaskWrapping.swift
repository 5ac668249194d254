/// How a mask is written where the text around it is encoded, so that the whole still decodes.
///
/// Escapes need nothing: a mask holds none of their characters. In base64 a mask takes the place
/// of whole groups of four characters; what they hold besides the secret is written again.
package struct MaskWrapping: Sendable, Hashable, BitwiseCopyable {
  package enum Kind: UInt8, Sendable, BitwiseCopyable {
    case none, base64, base64url, hex, utf16
  }

  package var kind = Kind.none
  /// Decoded bytes of the first group that stand before the secret, and of the last behind it.
  private var before: (UInt8, UInt8) = (0, 0)
  private var beforeCount: UInt8 = 0
  private var after: (UInt8, UInt8) = (0, 0)
  private var afterCount: UInt8 = 0
  /// Whether `+`, `/` and `=` must be percent-encoded.
  package var isPercentEncoded = false
  /// Bytes of line breaks and blanks between groups, where the base64 was broken into lines, and
  /// whether the line breaks are escapes.
  private var breakLength: UInt16 = 0
  private var breaksAreEscaped = false

  package init(_ kind: Kind = .none) { self.kind = kind }

  /// Puts one more byte before what stands before the secret; there are at most two.
  mutating func prependLead(_ byte: UInt8) {
    guard beforeCount < 2 else { return }
    before = (byte, before.0)
    beforeCount += 1
  }

  mutating func appendTrail(_ byte: UInt8) {
    guard afterCount < 2 else { return }
    if afterCount == 0 { after.0 = byte } else { after.1 = byte }
    afterCount += 1
  }

  mutating func appendBreak(_ length: Int, isEscaped: Bool) {
    breakLength = UInt16(clamping: Int(breakLength) + length)
    breaksAreEscaped = isEscaped
  }

  /// As many bytes as the breaks had, which a decoder skips, too.
  private var breaks: [UInt8] {
    let length = Int(breakLength)
    guard breaksAreEscaped else { return Array(repeating: UInt8(ascii: "\n"), count: length) }
    let escapes = Array(String(repeating: "\\n", count: length / 2).utf8)
    return length % 2 == 0 ? escapes : escapes + [UInt8(ascii: " ")]
  }

  private var lead: [UInt8] { Array([before.0, before.1].prefix(Int(beforeCount))) }
  private var trail: [UInt8] { Array([after.0, after.1].prefix(Int(afterCount))) }

  /// The mask as it goes into the stream.
  package func wrap(_ mask: [UInt8]) -> [UInt8] {
    switch kind {
    case .none: return mask
    case .hex: return mask.flatMap { [Self.hexDigit($0 >> 4), Self.hexDigit($0 & 15)] }
    case .utf16: return Array(mask.flatMap { [$0, 0] }.dropLast())
    case .base64, .base64url:
      var content = lead + mask
      while (content.count + Int(afterCount)) % 3 != 0 { content.append(UInt8(ascii: "*")) }
      return Self.base64(content + trail, isURL: kind == .base64url, isEscaped: isPercentEncoded)
    }
  }

  /// `length` bytes of the stream that say nothing, for the mask that keeps all lengths.
  package func filling(_ length: Int) -> [UInt8] {
    switch kind {
    case .none: return Array(repeating: UInt8(ascii: "*"), count: length)
    case .hex: return (0..<length).map { UInt8(ascii: $0 % 2 == 0 ? "2" : "a") }
    case .utf16: return (0..<length).map { $0 % 2 == 0 ? UInt8(ascii: "*") : 0 }
    case .base64, .base64url:
      let groups = length - Int(breakLength)
      let room = groups / 4 * 3 - Int(beforeCount) - Int(afterCount)
      guard groups % 4 == 0, room >= 0 else {
        return (0..<length).map { Array("Kioq".utf8)[$0 % 4] }
      }
      let content = lead + Array(repeating: UInt8(ascii: "*"), count: room) + trail
      return Self.base64(content, isURL: kind == .base64url, isEscaped: false)
        + breaks
    }
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? 0x30 + nibble : 0x57 + nibble
  }

  /// RFC 4648 §4 and §5; `content` is a multiple of three bytes, so there is no padding.
  private static func base64(_ content: [UInt8], isURL: Bool, isEscaped: Bool) -> [UInt8] {
    let alphabet = Array(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    var output: [UInt8] = []
    for group in stride(from: 0, to: content.count - 2, by: 3) {
      let bits =
        UInt32(content[group]) << 16 | UInt32(content[group + 1]) << 8
        | UInt32(content[group + 2])
      for shift: UInt32 in [18, 12, 6, 0] {
        switch Int(bits >> shift & 63) {
        case 62 where isURL: output.append(UInt8(ascii: "-"))
        case 63 where isURL: output.append(UInt8(ascii: "_"))
        case 62: output += isEscaped ? Array("%2B".utf8) : [UInt8(ascii: "+")]
        case 63: output += isEscaped ? Array("%2F".utf8) : [UInt8(ascii: "/")]
        case let value: output.append(alphabet[value])
        }
      }
    }
    return output
  }

  package static func == (left: MaskWrapping, right: MaskWrapping) -> Bool {
    left.kind == right.kind && left.isPercentEncoded == right.isPercentEncoded
      && left.breaks == right.breaks && left.lead == right.lead && left.trail == right.trail
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(lead)
    hasher.combine(trail)
  }
}
