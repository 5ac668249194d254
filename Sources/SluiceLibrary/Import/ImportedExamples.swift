internal import SluiceRules

/// The examples of another tool's rule as recipes.
///
/// What stands in such a file may be somebody's key: letters and digits are replaced by
/// ingredients that make others of the same kind. An example that the rule does not find then, or
/// a near miss that it does, is left out.
struct ImportedExamples {
  private static let most = 4
  /// Outside of the secret, shorter runs of letters and digits are words.
  private static let shortestRun = 12

  private(set) var examples: [String] = []
  private(set) var nonExamples: [String] = []
  private(set) var losses: [String] = []

  init(of foreign: ForeignRule, for planned: PlannedRule) {
    var dropped = 0
    for text in foreign.examples {
      guard examples.count < Self.most else { break }
      guard let recipe = Self.recipe(from: Array(text.utf8), for: planned) else {
        dropped += 1
        continue
      }
      var rule = planned
      rule.rule.examples = examples + [recipe]
      if Self.isProved(rule) { examples.append(recipe) } else { dropped += 1 }
    }
    for text in foreign.nonExamples.prefix(Self.most) {
      var rule = planned
      let recipe = Self.disguised(Array(text.utf8)[...], shortest: Self.shortestRun)
      rule.rule.nonExamples = nonExamples + [recipe]
      if Self.isProved(rule) { nonExamples.append(recipe) } else { dropped += 1 }
    }
    if dropped > 0 {
      losses.append("\(dropped) of its examples do not hold when their letters are replaced")
    }
  }

  private static func isProved(_ rule: PlannedRule) -> Bool {
    !RuleLint(measuresCost: false).issues(of: rule).contains { $0.level == .error }
  }

  /// The text with its one secret marked and replaced; nil if it is not found once.
  private static func recipe(from text: [UInt8], for planned: PlannedRule) -> String? {
    guard let expressions = try? ReferenceMatcher.Expressions(of: planned.rule) else { return nil }
    var matcher = ReferenceMatcher(
      planned, expressions: expressions, longestAttempt: 128 * 1024)
    let found = matcher.secrets(in: text.span)
    guard let secret = found.first, found.count == 1 else { return nil }
    let hidden = secret.lowerBound + knownLength(of: text[secret], plan: planned.plan)
    return disguised(text[..<secret.lowerBound], shortest: shortestRun) + "«"
      + String(decoding: text[secret.lowerBound..<hidden], as: UTF8.self)
      + disguised(text[hidden..<secret.upperBound], shortest: 1) + "»"
      + disguised(text[secret.upperBound...], shortest: shortestRun)
  }

  /// Bytes at the start of a secret that are part of the format: a public prefix or an anchor.
  private static func knownLength(of secret: ArraySlice<UInt8>, plan: RulePlan) -> Int {
    let prefixes = plan.publicPrefixes.filter { secret.starts(with: $0) }
    let anchors = plan.anchors.map(\.bytes).filter { anchor in
      secret.starts(with: anchor) { byte, known in
        byte == known || byte &- 0x41 < 26 && byte | 0x20 == known
      }
    }
    return (prefixes + anchors).map(\.count).max() ?? 0
  }

  /// The text with an ingredient for each run of letters and digits that is long enough.
  private static func disguised(_ text: ArraySlice<UInt8>, shortest: Int) -> String {
    var output: [UInt8] = []
    var rest = text
    while let byte = rest.first {
      let run = rest.prefix { isAlphanumeric($0) }
      if run.count >= shortest, !run.isEmpty {
        output += "${\(alphabet(of: run)):\(run.count)}".utf8
      } else {
        output += run
      }
      rest = rest.dropFirst(run.count)
      if run.isEmpty {
        output.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
  }

  /// The narrowest alphabet of recipes that makes such a run.
  private static func alphabet(of run: ArraySlice<UInt8>) -> String {
    let hasDigit = run.contains { $0 &- 0x30 < 10 }
    let hasLower = run.contains { $0 &- 0x61 < 26 }
    let hasUpper = run.contains { $0 &- 0x41 < 26 }
    switch (hasDigit, hasLower, hasUpper) {
    case (true, false, false): return "digit"
    case (false, true, false): return "lower"
    case (false, false, true): return "upper"
    case (true, true, false) where run.allSatisfy({ $0 < 0x67 }): return "hex"
    case (true, false, true) where run.allSatisfy({ $0 < 0x47 }): return "HEX"
    case (false, true, true): return "alpha"
    default: return "alnum"
    }
  }
}
