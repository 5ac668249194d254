internal import Glibc
internal import SluiceRules

/// Colours for people: only on a terminal, and never with NO_COLOR (no-color.org).
struct TextStyle {
  let isColoured: Bool

  /// The style for standard output.
  static func ofResults() -> TextStyle {
    TextStyle(
      isColoured: isColoured(
        onTerminal: isatty(STDOUT_FILENO) == 1, environment: { Environment.value(of: $0) }))
  }

  static func isColoured(onTerminal: Bool, environment: (String) -> String?) -> Bool {
    onTerminal && environment("NO_COLOR")?.isEmpty != false && environment("TERM") != "dumb"
  }

  func bold(_ text: String) -> String { styled(text, "1") }

  func severity(_ text: String) -> String {
    switch Rule.Severity(rawValue: text.trimmingSuffix(" ")) {
    case .critical: styled(text, "1;31")
    case .high: styled(text, "31")
    case .medium: styled(text, "33")
    case .low, nil: text
    }
  }

  func good(_ text: String) -> String { styled(text, "32") }
  func bad(_ text: String) -> String { styled(text, "31") }

  private func styled(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

extension String {
  fileprivate func trimmingSuffix(_ end: Character) -> String {
    var rest = self[...]
    while rest.last == end { rest.removeLast() }
    return String(rest)
  }
}
