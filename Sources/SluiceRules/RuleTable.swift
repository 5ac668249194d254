internal import SluiceRegex

/// Rules with their plans as one text: what `embed-rules` writes into the program when it is
/// built, so that nothing has to be parsed, analysed or found when it starts.
///
/// Fields end with U+001F, the items of a list with U+001E, rules with U+001D.
package enum RuleTable {
  private static let fieldEnd = UInt8(0x1F)
  private static let itemEnd = UInt8(0x1E)
  private static let ruleEnd = UInt8(0x1D)

  package static func text(for rules: [PlannedRule]) -> String {
    var writer = Writer()
    for planned in rules { writer.append(planned) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// - Precondition: `text` came from `text(for:)` of the same build.
  package static func rules(in text: String) -> [PlannedRule] {
    Array(text.utf8).split(separator: ruleEnd).map { record in
      var reader = Reader(
        fields: record.split(separator: fieldEnd, omittingEmptySubsequences: false))
      return reader.rule()
    }
  }

  private struct Writer {
    var bytes: [UInt8] = []

    mutating func append(_ planned: PlannedRule) {
      let rule = planned.rule
      let plan = planned.plan
      for text in [
        rule.id, rule.name, rule.provider, rule.expression, rule.boundary.rawValue,
        rule.severity.rawValue, rule.confidence.rawValue, rule.docs, rule.remediation,
      ] { field(text) }
      list(rule.validators.map { "\($0.spelling.key)=\($0.spelling.value)" })
      for texts in [rule.statedAnchors ?? [], rule.tags, rule.examples, rule.nonExamples] {
        list(texts)
      }
      list(
        plan.anchors.map { anchor in
          let placement = anchor.placement.map { "\($0.window),\($0.bucket)" } ?? ""
          return "\(anchor.isCaseless ? "i" : "s"),\(hex(anchor.bytes)),\(placement)"
        })
      for number in [plan.lead.lowerBound, plan.lead.upperBound, plan.reach ?? -1, plan.lookbehind]
      { field(String(number)) }
      for set in [plan.leadBytes, plan.startBytes, plan.continuation] { field(hex(set.members)) }
      list(plan.publicPrefixes.map(hex))
      field(String(plan.groupCount))
      bytes.append(ruleEnd)
    }

    private mutating func field(_ text: String) {
      append(text)
      bytes.append(fieldEnd)
    }

    private mutating func list(_ items: [String]) {
      for item in items {
        append(item)
        bytes.append(itemEnd)
      }
      bytes.append(fieldEnd)
    }

    private mutating func append(_ text: String) {
      precondition(
        text.utf8.allSatisfy { !(ruleEnd...fieldEnd).contains($0) },
        "a rule holds a control character that separates fields")
      bytes += text.utf8
    }

    private func hex(_ bytes: [UInt8]) -> String {
      bytes.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
    }
  }

  private struct Reader {
    var fields: [ArraySlice<UInt8>]
    var next = 0

    init(fields: [ArraySlice<UInt8>]) { self.fields = fields }

    mutating func rule() -> PlannedRule {
      let id = text()
      let name = text()
      let provider = text()
      let expression = text()
      let boundary: Boundary = choice()
      let severity: Rule.Severity = choice()
      let confidence: Rule.Confidence = choice()
      let docs = text()
      let remediation = text()
      let validators = list().map(validator)
      let statedAnchors = list()
      let tags = list()
      let examples = list()
      let nonExamples = list()
      let anchors = list().map(literal)
      let lead = number()...number()
      let reach = number()
      let lookbehind = number()
      let plan = RulePlan(
        anchors: anchors, lead: lead, leadBytes: set(), startBytes: set(),
        reach: reach < 0 ? nil : reach, continuation: set(), lookbehind: lookbehind,
        publicPrefixes: list().map { bytes(fromHex: Array($0.utf8)) }, groupCount: number())
      return PlannedRule(
        rule: Rule(
          id: id, name: name, provider: provider, expression: expression, boundary: boundary,
          statedAnchors: statedAnchors.isEmpty ? nil : statedAnchors, validators: validators,
          severity: severity, confidence: confidence,
          tags: tags, docs: docs, remediation: remediation, examples: examples,
          nonExamples: nonExamples),
        plan: plan)
    }

    private mutating func field() -> ArraySlice<UInt8> {
      defer { next += 1 }
      return fields[next]
    }

    private mutating func text() -> String { String(decoding: field(), as: UTF8.self) }

    private mutating func number() -> Int {
      guard let number = Int(text()) else { preconditionFailure("broken rule table") }
      return number
    }

    private mutating func choice<Choice: RawRepresentable>() -> Choice
    where Choice.RawValue == String {
      guard let choice = Choice(rawValue: text()) else { preconditionFailure("broken rule table") }
      return choice
    }

    private mutating func list() -> [String] {
      field().split(separator: itemEnd).map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func set() -> ByteSet { ByteSet(bytes(fromHex: Array(field()))) }

    private func literal(_ item: String) -> RulePlan.Literal {
      let parts = item.split(separator: ",")
      guard parts.count >= 2 else { preconditionFailure("broken rule table") }
      var placement: RulePlan.Placement?
      if parts.count == 4, let window = Int(parts[2]), let bucket = Int(parts[3]) {
        placement = RulePlan.Placement(window: window, bucket: bucket)
      }
      return RulePlan.Literal(
        bytes: bytes(fromHex: Array(parts[1].utf8)), isCaseless: parts[0] == "i",
        placement: placement)
    }

    private func validator(_ item: String) -> Validator {
      let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let validator = Validator(key: parts[0], value: parts[1]) else {
        preconditionFailure("broken rule table")
      }
      return validator
    }

    private func bytes(fromHex digits: [UInt8]) -> [UInt8] {
      stride(from: 0, to: digits.count - 1, by: 2).map { index in
        nibble(digits[index]) << 4 | nibble(digits[index + 1])
      }
    }

    private func nibble(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
  }
}
