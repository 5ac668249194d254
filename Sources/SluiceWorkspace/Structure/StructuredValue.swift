/// A value of a structured document, with its place in the document and in the file.
struct StructuredValue {
  /// `$.mcpServers.github.env.GITHUB_TOKEN`.
  let path: String
  /// The name it goes by: the key, or in `{name: K, value: V}` the name; nil if that is a secret.
  let key: String?
  /// The value's bytes in the file, without quotes, escapes as they stand.
  let range: Range<Int>
  /// Whether it is a text and not a number, a truth value or null.
  let isText: Bool
  /// Its escapes taken out; never leaves the scan.
  let content: [UInt8]
}

/// Where the secrets of a document stand, in order.
struct SecretRanges {
  private let ranges: [Range<Int>]

  init(_ ranges: [Range<Int>]) { self.ranges = ranges.sorted { $0.lowerBound < $1.lowerBound } }

  /// Whether a secret stands in a part of the document.
  func overlap(_ range: Range<Int>) -> Bool {
    // The first that ends behind the start of `range`; they are disjoint.
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound < range.upperBound
  }

  /// A key as text; nil if a secret stands in it (G3).
  func shown(_ key: ArraySlice<UInt8>) -> String? {
    overlap(key.startIndex..<key.endIndex) ? nil : String(decoding: key, as: UTF8.self)
  }

  var isEmpty: Bool { ranges.isEmpty }
}

/// The path of a value, as JSONPath writes it (RFC 9535).
struct StructurePath {
  private(set) var text = "$"

  /// - Parameter key: nil: it is a secret and not shown.
  /// - Returns: the path of the member.
  func appending(_ key: String?) -> StructurePath {
    var path = self
    guard let key else {
      path.text += "[REDACTED]"
      return path
    }
    let isName =
      key.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
      && key.utf8.allSatisfy { byte in
        byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
          || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
      }
    if isName {
      path.text += ".\(key)"
    } else {
      let quoted = key.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      path.text += "['\(quoted)']"
    }
    return path
  }

  func appending(index: Int) -> StructurePath {
    var path = self
    path.text += "[\(index)]"
    return path
  }
}
