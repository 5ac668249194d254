/// Reads the values of the YAML that a Markdown file may begin with, between two lines `---`.
enum FrontMatter {
  private static let fence = Array("---".utf8)

  /// - Returns: nothing if there is none, or if it is no YAML: a line of hyphens may be a rule, too.
  static func all(in bytes: [UInt8], hiding secrets: SecretRanges) -> [StructuredValue] {
    guard isFence(bytes.prefix { $0 != UInt8(ascii: "\n") }) else { return [] }
    var start = bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if isFence(bytes[start..<end]) {
        // With all that stands before it, so that places are those of the file.
        return YAMLValues.all(in: Array(bytes[..<start]), hiding: secrets) ?? []
      }
      start = end + 1
    }
    return []
  }

  private static func isFence(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: fence) && line.dropFirst(fence.count).allSatisfy { $0 <= UInt8(ascii: " ") }
  }
}
