import SluiceBuiltins
import SluiceRules
import Testing

/// Each secret of each example of each built-in rule, in the surroundings that fit the rule.
@Suite("Surroundings")
struct SurroundingsTests {
  private static let rules = BuiltinRules.all()

  /// Rules that follow line ends escaped once, and not those escaped twice.
  private static let severalLines: Set = [
    "openvpn-static-key", "private-key-der", "putty-private-key", "weights-and-biases-login",
  ]

  /// Rules for files of their own, in which a value ends with its line, and for lists of words and
  /// hashes that a blank or a comma goes on: what stands behind them is taken for more of it.
  private static let ownFiles: Set = [
    "kubernetes-secret-manifest", "ldap-bind-password", "ldap-password-hash", "pgpass-entry",
    "wallet-seed-phrase", "yarn-auth-ident",
  ]

  /// Examples in a form that only code or a protocol has, so that no log wraps it, and one whose
  /// value a blank goes on.
  private static let ownForms = [
    "{ get; set; }", "HTTPBasicAuth(", "auth = (", "mysqli_connect(", "getConnection(",
    "AUTH PLAIN ", "SMTP_PASS=", "{\"\"user\"\"",
  ]

  private static func isWrapped(_ recipe: Recipe) -> Bool {
    let text = String(decoding: recipe.text, as: UTF8.self)
    return !ownForms.contains { text.contains($0) }
  }

  private static var inLogs: [PlannedRule] {
    rules.filter { !severalLines.contains($0.rule.id) && !ownFiles.contains($0.rule.id) }
  }

  @Test("G3: tokens that need no key are found to their last byte wherever they stand")
  func tokens() throws {
    var tested = 0
    for planned in Self.inLogs {
      var matcher = try ExampleMatcher(planned)
      for recipe in try matcher.recipes() {
        guard let range = recipe.secret, matcher.finds(recipe.text[range]) else { continue }
        tested += 1
        for sample in Surroundings.samples(
          ofToken: Array(recipe.text[range]), boundary: planned.rule.boundary)
        {
          matcher.expect(sample)
        }
      }
    }
    #expect(tested > 800)
  }

  @Test("G3: secrets that need their key are found to their last byte before all that ends a value")
  func followed() throws {
    var tested = 0
    for planned in Self.inLogs {
      var matcher = try ExampleMatcher(planned)
      for recipe in try matcher.recipes() {
        guard let range = recipe.secret, Self.isWrapped(recipe),
          !matcher.finds(recipe.text[range])
        else { continue }
        let before = Array(recipe.text[..<range.lowerBound])
        // Not in quotes, and without anything on its right that the rule needs.
        guard let last = before.last, !Array("\"'`;>".utf8).contains(last),
          matcher.finds(recipe.text[..<range.upperBound], at: range)
        else { continue }
        tested += 1
        for sample in Surroundings.samples(before: before, secret: Array(recipe.text[range])) {
          matcher.expect(sample)
        }
      }
    }
    #expect(tested > 300)
  }

  @Test("G3: every example is found in logs, between colours, in JSON and in JSON in JSON")
  func lines() throws {
    for planned in Self.inLogs {
      var matcher = try ExampleMatcher(planned)
      for recipe in try matcher.recipes() {
        // A secret of several lines, or with escapes in it, is written differently there.
        guard let range = recipe.secret, Self.isWrapped(recipe),
          !recipe.text[range].contains(where: { Array("\n\\".utf8).contains($0) })
        else { continue }
        for sample in Surroundings.samples(ofLine: recipe.text, secret: range) {
          matcher.expect(sample)
        }
      }
    }
  }
}

/// A rule with its examples and PCRE2.
private struct ExampleMatcher: ~Copyable {
  private let rule: Rule
  private var matcher: ReferenceMatcher

  init(_ planned: PlannedRule) throws {
    rule = planned.rule
    matcher = ReferenceMatcher(
      planned, expressions: try ReferenceMatcher.Expressions(of: planned.rule),
      longestAttempt: 128 * 1024)
  }

  func recipes() throws -> [Recipe] {
    try rule.examples.enumerated().map { index, example in
      try Recipe(example, seed: Recipe.seed(rule: rule.id, kind: "example", index: index))
    }
  }

  /// Whether the rule finds exactly `range` in `text`, the whole of it if it is left out.
  mutating func finds(_ text: ArraySlice<UInt8>, at range: Range<Int>? = nil) -> Bool {
    let bytes = Array(text)
    return matcher.secrets(in: bytes.span) == [range ?? 0..<bytes.count]
  }

  mutating func expect(_ sample: Surroundings.Sample) {
    let found = matcher.secrets(in: sample.text.span)
    #expect(
      Surroundings.isFound(sample, in: found, by: rule),
      "\(rule.id), \(sample.name): the secret is at \(sample.secret), found at \(found)")
  }
}
