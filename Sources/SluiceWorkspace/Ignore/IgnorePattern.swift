/// One line of a `.gitignore` or `.sluiceignore` (gitignore(5)).
struct IgnorePattern: Sendable, Hashable {
  private enum Component: Sendable, Hashable {
    /// `**`: any number of directories.
    case anyDepth
    case name(Glob)
  }

  /// It begins with `!`: what it matches is not ignored after all.
  let isNegated: Bool
  private let isDirectoryOnly: Bool
  /// It holds a slash that is not at its end, so it counts from the file's directory.
  private let isAnchored: Bool
  private let components: [Component]

  /// Reads a line; nil for a blank one, a comment, and a pattern that can match nothing.
  ///
  /// - Parameter line: without its line end.
  init?(_ line: ArraySlice<UInt8>) {
    var text = line
    if text.last == UInt8(ascii: "\r") { text.removeLast() }
    guard text.first != UInt8(ascii: "#") else { return nil }
    Self.trimBlanks(&text)
    isNegated = text.first == UInt8(ascii: "!")
    if isNegated { text.removeFirst() }
    isDirectoryOnly = text.last == UInt8(ascii: "/")
    if isDirectoryOnly { text.removeLast() }
    isAnchored = text.contains(UInt8(ascii: "/"))
    if text.first == UInt8(ascii: "/") { text.removeFirst() }
    guard !text.isEmpty else { return nil }
    var components: [Component] = []
    for part in text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      if isAnchored, part.elementsEqual("**".utf8) {
        if components.last != .anyDepth { components.append(.anyDepth) }
      } else {
        guard let glob = Glob(part) else { return nil }
        components.append(.name(glob))
      }
    }
    self.components = components
  }

  /// Whether the pattern fits an entry.
  ///
  /// - Parameters:
  ///   - path: the entry's components, counted from the directory of the pattern's file.
  ///   - isDirectory: whether it is a directory.
  /// - Returns: true also if the pattern is negated.
  func matches(_ path: ArraySlice<[UInt8]>, isDirectory: Bool) -> Bool {
    guard isDirectory || !isDirectoryOnly, let name = path.last else { return false }
    if !isAnchored, case .name(let glob) = components[0] { return glob.matches(name) }
    return matchesWhole(path)
  }

  /// As `Glob.matches`, with components in place of bytes.
  private func matchesWhole(_ path: ArraySlice<[UInt8]>) -> Bool {
    var (position, component) = (path.startIndex, 0)
    var retry: (position: Int, component: Int)?
    while position < path.endIndex {
      if component < components.count, components[component] == .anyDepth {
        if component == components.count - 1 { return true }
        retry = (position, component)
        component += 1
      } else if component < components.count,
        case .name(let glob) = components[component], glob.matches(path[position])
      {
        component += 1
        position += 1
      } else if let last = retry {
        retry = (last.position + 1, last.component)
        position = last.position + 1
        component = last.component + 1
      } else {
        return false
      }
    }
    return component == components.count
  }

  /// Blanks at the end do not count, unless a backslash stands before them.
  private static func trimBlanks(_ text: inout ArraySlice<UInt8>) {
    var end = text.startIndex
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == UInt8(ascii: "\\"), index + 1 < text.endIndex {
        index += 2
        end = index
      } else {
        index += 1
        if text[index - 1] != UInt8(ascii: " ") { end = index }
      }
    }
    text = text[..<end]
  }
}
