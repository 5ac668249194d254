/// A path as the file system has it: bytes, of which nobody promises that they are UTF-8.
package struct WorkspacePath: Sendable, Hashable, Comparable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  package init(_ text: String) { bytes = Array(text.utf8) }

  /// For people and reports: what is no UTF-8 becomes U+FFFD.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// What stands for standard input.
  package static let standardInput = WorkspacePath("-")

  /// The part after the last slash.
  package var name: ArraySlice<UInt8> {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes[...] }
    return bytes[(slash + 1)...]
  }

  /// The path of `name` in this directory; in `.` it is `name` alone, as git prints it.
  package func appending(_ name: [UInt8]) -> WorkspacePath {
    if bytes.isEmpty || bytes == [UInt8(ascii: ".")] { return WorkspacePath(bytes: name) }
    let separator = bytes.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
    return WorkspacePath(bytes: bytes + separator + name)
  }

  package static func < (left: WorkspacePath, right: WorkspacePath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
