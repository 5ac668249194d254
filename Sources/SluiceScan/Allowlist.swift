package import SluiceCrypto
package import SluiceRegex
package import SluiceRules

/// Findings that somebody vouches for: they pass unmasked.
///
/// Decided at the finding, from the settings alone: nothing in the stream can switch a rule off.
/// An allowed finding is the whole union that `Overlaps` makes; `expression` and `fingerprint`
/// speak of all of its bytes.
package struct Allowlist: Sendable {
  /// One thing that is allowed; whatever is stated must hold.
  package struct Entry: Sendable {
    fileprivate let rule: String?
    fileprivate let path: Pattern?
    fileprivate let expression: Pattern?
    fileprivate let fingerprint: Fingerprint?

    package var needsFingerprint: Bool { fingerprint != nil }

    /// - Parameters:
    ///   - rule: the id that the finding carries.
    ///   - path: a glob over the path of the input: `*` and `?` stay within a folder, `**` does not.
    ///   - expression: matches the whole secret, not a piece of it.
    ///   - fingerprint: of the secret, under the key that is in use.
    /// - Throws: `AllowanceError`.
    package init(
      rule: String? = nil, path: String? = nil, expression: String? = nil,
      fingerprint: Fingerprint? = nil
    ) throws(AllowanceError) {
      self.rule = rule
      self.fingerprint = fingerprint
      self.path = try path.map { (glob) throws(AllowanceError) in
        guard glob.contains(where: { $0 != "*" && $0 != "/" && $0 != "?" }) else {
          throw .everyPath
        }
        return try Self.compile(Self.expression(ofGlob: glob))
      }
      self.expression = try expression.map { (text) throws(AllowanceError) in
        // On its own first: `a)|(b` would compile between parentheses and mean something else.
        _ = try Self.compile(text)
        return try Self.compile("(?:\(text))\\z")
      }
      if let pattern = self.expression {
        var scratch = MatchScratch(groups: pattern.captureCount)
        let isAnything = ["a1B_", "pass word, long 0123456789", "\u{E9}=/+-"]
          .map { Array($0.utf8) }.allSatisfy { sample in
            pattern.match(in: sample.span, from: 0, isFinal: true, scratch: &scratch) == .match
          }
        if isAnything { throw .everySecret }
      }
      guard rule != nil || path != nil || expression != nil || fingerprint != nil else {
        throw .nothingStated
      }
    }

    private static func compile(_ expression: String) throws(AllowanceError) -> Pattern {
      do {
        return try Pattern(expression, start: .anchored)
      } catch {
        throw .expression(message: error.message, byteOffset: error.byteOffset)
      }
    }

    private static func expression(ofGlob glob: String) -> String {
      var expression = ""
      var rest = glob[...]
      while let character = rest.popFirst() {
        switch character {
        case "*" where rest.first == "*":
          rest = rest.drop { $0 == "*" }
          // `a/**/b` is `a/b` too.
          let isFolder = rest.first == "/" && (expression.isEmpty || expression.hasSuffix("/"))
          if isFolder { rest.removeFirst() }
          expression += isFolder ? "(?:.*/)?" : ".*"
        case "*": expression += "[^/]*"
        case "?": expression += "[^/]"
        case _ where character.isLetter || character.isNumber || character == "/":
          expression.append(character)
        default: expression += "\\\(character)"
        }
      }
      return "(?s)\(expression)\\z"
    }
  }

  private struct Check: Sendable {
    let rule: RuleIndex?
    let expression: Pattern?
    let fingerprint: Fingerprint?
  }

  private let checks: [Check]
  /// Whether a finding's fingerprint must be known to decide.
  package let needsFingerprint: Bool
  /// Most groups of an expression, for the scratch memory.
  package let largestGroupCount: Int

  /// - Parameters:
  ///   - entries: what is allowed.
  ///   - rules: the rule set that findings refer to.
  ///   - path: of the input; nil if it has none: then nothing is allowed by path.
  package init(_ entries: [Entry], rules: [PlannedRule], path: String?) {
    var scratch = MatchScratch(groups: entries.compactMap(\.path?.captureCount).max() ?? 0)
    var checks: [Check] = []
    let bytes = Array((path ?? "").utf8)
    for entry in entries {
      if let pattern = entry.path {
        let isHere =
          path != nil
          && pattern.match(in: bytes.span, from: 0, isFinal: true, scratch: &scratch) == .match
        guard isHere else { continue }
      }
      let position = entry.rule.map { id in rules.firstIndex { $0.rule.id == id } }
      // A rule that is not in the set finds nothing.
      if let position, position == nil { continue }
      checks.append(
        Check(
          rule: position.flatMap { $0 }.map { RuleIndex($0) }, expression: entry.expression,
          fingerprint: entry.fingerprint))
    }
    self.checks = checks
    needsFingerprint = checks.contains { $0.fingerprint != nil }
    largestGroupCount = checks.compactMap(\.expression?.captureCount).max() ?? 0
  }

  /// Whether nothing is allowed in this stream.
  package var isEmpty: Bool { checks.isEmpty }

  /// Whether a finding is allowed; where the engine gives up, it is not.
  ///
  /// - Parameters:
  ///   - rule: the rule that names the finding.
  ///   - secret: all of its bytes.
  ///   - fingerprint: of the secret; nil without a key.
  ///   - scratch: with room for `largestGroupCount` groups.
  /// - Returns: whether an entry holds in all that it states.
  package func allows(
    _ rule: RuleIndex, secret: Span<UInt8>, fingerprint: Fingerprint?,
    scratch: inout MatchScratch
  ) -> Bool {
    for check in checks {
      if let wanted = check.rule, wanted != rule { continue }
      if let wanted = check.fingerprint, wanted != fingerprint { continue }
      if let pattern = check.expression,
        pattern.match(in: secret, from: 0, isFinal: true, scratch: &scratch) != .match
      {
        continue
      }
      return true
    }
    return false
  }
}

/// Why something cannot be allowed.
package enum AllowanceError: Error, Hashable {
  case nothingStated
  case everyPath
  case everySecret
  case expression(message: String, byteOffset: Int)
}
