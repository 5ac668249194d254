package import SluiceRules
internal import SluiceScan

/// What a rule set finds in a text, and why each of its rules did or did not.
package struct TextTrial {
  /// A finding of all rules together.
  package struct Find: Sendable {
    package let rule: String
    package let range: Range<Int>
    /// Offset, line and column.
    package let place: String
    /// The line up to the secret, masked, and the mask.
    package let excerpt: String
  }

  /// Bytes of an excerpt before the secret.
  private static let excerptLength = 40

  package let finds: [Find]
  /// Rules of which an anchor stands in the text, or that have none.
  package let trials: [RuleTrial]
  package let byteCount: Int

  /// - Parameters:
  ///   - text: what is tried; memory and time grow with it.
  ///   - set: all rules, which name what overlaps.
  ///   - ids: the rules that are explained; nil: those whose anchors are in the text.
  /// - Throws: what a rule set throws that cannot be compiled.
  package init(_ text: [UInt8], rules set: RuleSet, explaining ids: Set<String>?) throws {
    let compiled = try CompiledRules(set)
    var scanner = Scanner(rules: compiled)
    var list = FindingList()
    _ = scanner.scan(text.span, at: 0, isFinal: true, into: &list)
    let places = TextPlaces(text)
    byteCount = text.count
    let found = list.findings.map { finding in
      (
        rule: set.rules[finding.rule.position].rule.id,
        range: Int(finding.start)..<Int(finding.end)
      )
    }
    finds = found.indices.map { index in
      Find(
        rule: found[index].rule, range: found[index].range,
        place: places.name(of: found[index].range),
        excerpt: Self.excerpt(of: found[...index], in: text))
    }
    trials = try set.rules.filter { ids?.contains($0.rule.id) ?? true }
      .map { try RuleTrial($0, on: text) }
      .filter { ids != nil || $0.isTried }
  }

  /// The line of the last of these findings up to its end, with a mask for each of them; cut from
  /// the left only when everything is masked.
  private static func excerpt(
    of found: ArraySlice<(rule: String, range: Range<Int>)>, in text: [UInt8]
  ) -> String {
    guard let last = found.last else { return "" }
    let head = text[..<last.range.lowerBound]
    var position = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    var masked: [UInt8] = []
    for find in found where find.range.upperBound > position {
      masked += text[min(position, find.range.lowerBound)..<find.range.lowerBound]
      if find.range == last.range { masked = masked.suffix(excerptLength) }
      masked += "[REDACTED:\(find.rule)]".utf8
      position = find.range.upperBound
    }
    return String(decoding: masked, as: UTF8.self)
  }
}
