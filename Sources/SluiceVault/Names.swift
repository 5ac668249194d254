/// The name of a tenant or an agent: lower-case letters, digits and hyphens.
package struct Name: Sendable, Hashable {
  package let text: String

  /// - Parameters:
  ///   - text: what was typed.
  ///   - kind: what it should name, for the message.
  /// - Throws: `VaultError.wrongName`.
  package init(_ text: String, kind: String) throws(VaultError) {
    let bytes = Array(text.utf8)
    let isName =
      (1...63).contains(bytes.count)
      && bytes.allSatisfy { isDigit($0) || isLower($0) || $0 == UInt8(ascii: "-") }
      && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
    guard isName else {
      throw .wrongName(
        kind: "name of \(kind)", name: text,
        rule: "it has 1 to 63 of a-z, 0-9 and -, and a letter or digit at both ends")
    }
    self.text = text
  }
}

/// Where a secret is in its tenant: `prod/db/password`.
///
/// One path has one spelling. Only ASCII is allowed, so that no two paths look alike, and neither
/// `..` nor an empty segment, so that no path means another one.
package struct SecretPath: Sendable, Hashable {
  package let text: String

  static let rule =
    "segments of letters, digits and . _ - @ + = : stand between single /, none is . or .."

  package init(_ text: String) throws(VaultError) {
    let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isPath =
      (1...512).contains(text.utf8.count)
      && segments.allSatisfy { segment in
        !segment.isEmpty && segment.allSatisfy(isPathByte)
          && !segment.allSatisfy { $0 == UInt8(ascii: ".") }
      }
    guard isPath else { throw .wrongName(kind: "path", name: text, rule: Self.rule) }
    self.text = text
  }

  var segments: [Substring] { text.split(separator: "/") }
}

/// Which paths a grant covers: `prod/*/password`, `prod/**`.
///
/// `*` stands for any characters of one segment, `**` as a segment of its own for any number of
/// segments, also none.
package struct PathPattern: Sendable, Hashable {
  package let text: String
  private let segments: [[UInt8]]

  package init(_ text: String) throws(VaultError) {
    let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map(Array.init)
    let star = UInt8(ascii: "*")
    let isPattern =
      (1...512).contains(text.utf8.count)
      && segments.allSatisfy { segment in
        let dots = segment.filter { $0 != star }
        return !segment.isEmpty && segment.allSatisfy { isPathByte($0) || $0 == star }
          && (dots.isEmpty ? segment.count <= 2 : !dots.allSatisfy { $0 == UInt8(ascii: ".") })
      }
    guard isPattern else {
      throw .wrongName(
        kind: "pattern", name: text, rule: SecretPath.rule + "; * and ** are wildcards")
    }
    self.text = text
    self.segments = segments
  }

  /// Whether the whole of `path` fits.
  package func covers(_ path: SecretPath) -> Bool {
    Self.fits(segments[...], path.segments.map { Array($0.utf8) }[...])
  }

  private static func fits(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
    // Which tails of the path the rest of the pattern has to fit: one row, no recursion, so that
    // no pattern takes more than its length times that of the path.
    var reachable = Set([path.startIndex])
    for segment in pattern {
      if segment == [UInt8(ascii: "*"), UInt8(ascii: "*")] {
        guard let first = reachable.min() else { return false }
        reachable = Set(first...path.endIndex)
      } else {
        reachable = Set(
          reachable.filter { $0 < path.endIndex && fits(segment[...], path[$0][...]) }
            .map { $0 + 1 })
      }
    }
    return reachable.contains(path.endIndex)
  }

  private static func fits(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    var reachable = Set([text.startIndex])
    for byte in pattern {
      if byte == UInt8(ascii: "*") {
        guard let first = reachable.min() else { return false }
        reachable = Set(first...text.endIndex)
      } else {
        reachable = Set(
          reachable.filter { $0 < text.endIndex && text[$0] == byte }.map { $0 + 1 })
      }
    }
    return reachable.contains(text.endIndex)
  }
}

/// `vault://TENANT/PATH#VERSION`, as it stands in a file where a secret was.
package struct SecretReference: Sendable, Hashable {
  package let tenant: Name
  package let path: SecretPath
  /// Nil for the current one.
  package let version: UInt64?

  package static let scheme = "vault://"

  package init(tenant: Name, path: SecretPath, version: UInt64? = nil) {
    self.tenant = tenant
    self.path = path
    self.version = version
  }

  package init(_ text: String) throws(VaultError) {
    let error = VaultError.wrongName(
      kind: "reference", name: text, rule: "it reads vault://TENANT/PATH or vault://TENANT/PATH#2")
    guard text.hasPrefix(Self.scheme) else { throw error }
    let halves = text.dropFirst(Self.scheme.count).split(
      separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw error }
    tenant = try Name(String(parts[0]), kind: "tenant")
    path = try SecretPath(String(parts[1]))
    guard halves.count == 2, halves[1] != "current" else {
      version = nil
      return
    }
    guard let number = UInt64(halves[1]), number > 0, number < 1 << 53,
      String(number) == halves[1]
    else { throw error }
    version = number
  }

  package var text: String {
    "\(Self.scheme)\(tenant.text)/\(path.text)" + (version.map { "#\($0)" } ?? "")
  }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
private func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

private func isPathByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || isLower(byte) || (0x41...0x5A).contains(byte) || "._-@+=:".utf8.contains(byte)
}
