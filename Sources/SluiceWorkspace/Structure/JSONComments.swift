/// Comments in JSON, as editors and agents allow them in their settings.
enum JSONComments {
  /// The document with blanks in place of its comments, so that every other byte stays where it is.
  ///
  /// - Returns: nil if it is no JSON, or has none.
  static func blanked(_ bytes: [UInt8]) -> [UInt8]? {
    let first = bytes.first { $0 > UInt8(ascii: " ") && $0 < 0x80 }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "/")
    else { return nil }
    var output = bytes
    var (index, isChanged) = (0, false)
    while index < output.count {
      switch output[index] {
      case UInt8(ascii: "\""):
        index = end(ofTextAt: index, in: output)
      case UInt8(ascii: "/") where index + 1 < output.count && isMark(output[index + 1]):
        let end = end(ofCommentAt: index, in: output)
        for place in index..<end where output[place] != 0x0A && output[place] != 0x0D {
          output[place] = UInt8(ascii: " ")
        }
        (index, isChanged) = (end, true)
      default: index += 1
      }
    }
    return isChanged ? output : nil
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "*")
  }

  private static func end(ofTextAt start: Int, in bytes: [UInt8]) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, bytes.count)
  }

  private static func end(ofCommentAt start: Int, in bytes: [UInt8]) -> Int {
    if bytes[start + 1] == UInt8(ascii: "/") {
      return bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    }
    var index = start + 2
    while index < bytes.count, !bytes[index...].starts(with: "*/".utf8) { index += 1 }
    return min(index + 2, bytes.count)
  }
}
