/// What may not stand directly beside a match: a character that could continue the token.
///
/// This is the only place that says where a token ends. On the right that is a character outside
/// of the token's alphabet, whatever it is: quote, `&`, `%26`, backslash, escape sequence,
/// non-ASCII letter, end of input. On the left an escape counts as a separator although it ends
/// in a letter or a digit: `\n`, `%3D`, `\u003d` and an ANSI colour are the wrappings in which
/// log lines carry tokens.
package enum Boundary: String, Sendable, Hashable, CaseIterable {
  case none
  case alnum
  case word
  case base64url
  case base64
  case hex

  /// What continues the token on its right.
  private var alphabet: String {
    switch self {
    case .none: ""
    case .alnum: "A-Za-z0-9"
    case .word: "A-Za-z0-9_"
    case .base64url: "A-Za-z0-9_\\-"
    case .base64: "A-Za-z0-9+/="
    case .hex: "A-Fa-f0-9"
    }
  }

  /// The expression with its boundaries; group numbers and names stay as they are.
  package func applied(to expression: String) -> String {
    guard self != .none else { return expression }
    // Padding ends a token and begins none: `KEY=…` is no boundary problem.
    let before = self == .base64 ? "A-Za-z0-9+/" : alphabet
    let left = """
      (?:(?<![\(before)])|(?<=\\\\[abefnrtv0])|(?<=%[0-9A-Fa-f][0-9A-Fa-f])\
      |(?<=\\\\u[0-9A-Fa-f]{4})|(?<=\\\\x[0-9A-Fa-f][0-9A-Fa-f])\
      |(?<=\\[[Km])|(?<=[\\[;][0-9]m)|(?<=[\\[;][0-9][0-9]m)|(?<=;[0-9][0-9][0-9]m))
      """
    return "\(left)(?:\(expression))(?![\(alphabet)])"
  }
}
