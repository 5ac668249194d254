/// Reads the values of files that hold a key and a value a line.
///
/// Headings in brackets (`[server]`, `[[tools]]`) come before the key in the path. Lines that are
/// something else are passed over: the text was scanned anyhow.
enum LineValues {
  static func all(in bytes: [UInt8], hiding secrets: SecretRanges) -> [StructuredValue] {
    var values: [StructuredValue] = []
    var heading = StructurePath()
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = trimmed(bytes[start..<end])
      if let names = headingNames(line) {
        heading = names.reduce(StructurePath()) { $0.appending(secrets.shown($1)) }
      } else if let value = value(of: line, under: heading, hiding: secrets) {
        values.append(value)
      }
      start = end + 1
    }
    return values
  }

  private static func headingNames(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
    guard line.first == UInt8(ascii: "["), line.last == UInt8(ascii: "]") else { return nil }
    let brackets = [UInt8(ascii: "["), UInt8(ascii: "]")]
    let name = line.drop { brackets.contains($0) }
      .prefix { !brackets.contains($0) }
    return name.split(separator: UInt8(ascii: ".")).map { unquoted(trimmed($0)).content }
  }

  private static func value(
    of line: ArraySlice<UInt8>, under heading: StructurePath, hiding secrets: SecretRanges
  ) -> StructuredValue? {
    let comments = [UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "/")]
    guard let first = line.first, !comments.contains(first),
      let sign = line.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") })
    else { return nil }
    var name = trimmed(line[..<sign])
    let export = Array("export ".utf8)
    if name.starts(with: export) { name = trimmed(name.dropFirst(export.count)) }
    name = unquoted(name).content
    guard !name.isEmpty, name.count <= 200, !name.contains(UInt8(ascii: " ")) else { return nil }
    let value = unquoted(trimmed(line[(sign + 1)...]))
    guard !value.content.isEmpty else { return nil }
    let key = secrets.shown(name)
    let path = name.split(separator: UInt8(ascii: ".")).reduce(heading) {
      $0.appending(secrets.shown($1))
    }
    return StructuredValue(
      path: path.text, key: key, range: value.content.startIndex..<value.content.endIndex,
      isText: value.isQuoted || !isBare(value.content), content: Array(value.content))
  }

  /// A number or a truth value.
  private static func isBare(_ value: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: value, as: UTF8.self).lowercased()
    return Double(text) != nil || ["true", "false", "null", "nil", "none"].contains(text)
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    while let last = text.last, last <= UInt8(ascii: " ") { text.removeLast() }
    return text
  }

  /// What stands in quotes, or what stands before a comment.
  private static func unquoted(
    _ text: ArraySlice<UInt8>
  ) -> (content: ArraySlice<UInt8>, isQuoted: Bool) {
    guard let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      var end = text.startIndex
      while end < text.endIndex,
        !(text[end] == UInt8(ascii: "#") && end > text.startIndex && text[end - 1] <= 0x20)
      {
        end += 1
      }
      return (trimmed(text[..<end]), false)
    }
    var end = text.startIndex + 1
    while end < text.endIndex, text[end] != quote {
      end += text[end] == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
    }
    return (text[(text.startIndex + 1)..<min(end, text.endIndex)], true)
  }
}
