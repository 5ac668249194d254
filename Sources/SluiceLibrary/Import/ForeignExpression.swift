/// Translates an expression of RE2 or of Rust's `regex` into PCRE2 for bytes, with one group, the
/// secret.
///
/// Groups do nothing in these dialects but group and name: all others lose their number. Extended
/// syntax (`(?x)`) is written out, so that the expression fits on a line.
struct ForeignExpression {
  enum Dialect: Sendable {
    case re2, rust
  }

  /// Why an expression has no counterpart.
  struct Obstacle: Error, Hashable {
    let reason: String
  }

  let text: String
  /// What it means differently.
  let losses: [String]

  /// - Parameters:
  ///   - source: the expression.
  ///   - dialect: its syntax.
  ///   - group: the number of the group that is the secret, from 1.
  ///   - name: its name; goes before the number.
  /// - Throws: `Obstacle`.
  init(
    _ source: String, dialect: Dialect, secretGroup group: Int? = nil, named name: String? = nil
  ) throws(Obstacle) {
    let names = Self.groupNames(in: source)
    let wanted = name.flatMap { name in names.firstIndex { $0 == name }.map { $0 + 1 } } ?? group
    if let wanted, wanted > names.count {
      throw Obstacle(reason: "the group of the secret is not in the expression")
    }
    var translation = ExpressionTranslation(source, dialect: dialect, secretGroup: wanted ?? 1)
    try translation.run()
    text = translation.output
    losses = translation.losses
  }

  /// The names of the capturing groups, in order; nil for one that has none.
  private static func groupNames(in source: String) -> [String?] {
    var names: [String?] = []
    var reader = ExpressionTranslation(source, dialect: .re2, secretGroup: 0)
    reader.onCapture = { names.append($0) }
    try? reader.run()
    return names
  }
}
