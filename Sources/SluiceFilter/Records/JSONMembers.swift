/// Where the members of a JSON object stand.
package enum JSONMembers {
  /// - Returns: for each member its name, with its quotes, and its value; nil if it is no object.
  package static func ranges(
    in text: Span<UInt8>
  ) -> [(name: Range<Int>, value: Range<Int>)]? {
    var reader = JSONReader()
    guard reader.read(text), let first = reader.firstByte(of: text), first == UInt8(ascii: "{")
    else { return nil }
    return reader.members.map { member in
      let name = reader.tokens[member.key]
      return (name.start - 1..<name.end + 1, member.start..<member.end)
    }
  }
}

extension JSONReader {
  /// The first byte that is no white space.
  fileprivate func firstByte(of text: Span<UInt8>) -> UInt8? {
    for index in text.indices where text[index] > UInt8(ascii: " ") { return text[index] }
    return nil
  }
}
