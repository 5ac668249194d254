internal import SluiceRegex

/// Rules with their plans as one text: what `embed-rules` writes into the program when it is
/// built, so that nothing has to be parsed, analysed or found when it starts.
///
/// Fields end with U+001F, the items of a list with U+001E, rules with U+001D. What a scanner needs
/// comes first, and what people read after it, so that a filter that starts can skip the rest.
package enum RuleTable {
  private static let fieldEnd = UInt8(0x1F)
  private static let itemEnd = UInt8(0x1E)
  private static let ruleEnd = UInt8(0x1D)

  package static func text(for rules: [PlannedRule]) -> String {
    var writer = Writer()
    for planned in rules { writer.append(planned) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads what `text(for:)` made in the same build.
  ///
  /// Provider, families, tags, documentation and examples are read if `isDocumented`, else left empty.
  package static func rules(in text: String, isDocumented: Bool) -> [PlannedRule] {
    var reader = Reader(bytes: Array(text.utf8))
    var rules: [PlannedRule] = []
    rules.reserveCapacity(1024)
    while !reader.isAtEnd { rules.append(reader.rule(isDocumented: isDocumented)) }
    return rules
  }

  // MARK: - Writing

  private struct Writer {
    var bytes: [UInt8] = []

    mutating func append(_ planned: PlannedRule) {
      let rule = planned.rule
      let plan = planned.plan
      for text in [
        rule.id, rule.name, rule.expression, rule.boundary.rawValue, rule.severity.rawValue,
        rule.confidence.rawValue,
      ] { field(text) }
      for validators in [rule.validators, rule.doubts] {
        list(validators.map { "\($0.spelling.key)=\($0.spelling.value)" })
      }
      list(plan.anchors.map(spelling))
      for number in [
        plan.lead.lowerBound, plan.lead.upperBound, plan.reach ?? -1, plan.lookbehind,
        plan.groupCount,
      ] { field(String(number)) }
      for set in [plan.leadBytes, plan.startBytes, plan.continuation] {
        list(set.words.map { String($0, radix: 16) })
      }
      list(plan.publicPrefixes.map(hex))

      for text in [rule.provider, rule.docs, rule.remediation] { field(text) }
      for texts in [
        rule.statedFamilies, rule.statedAnchors ?? [], rule.tags, rule.examples, rule.nonExamples,
      ] { list(texts) }
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

    /// `i` or `s`, window and bucket as one letter each if it has a placement, the bytes in hex.
    private func spelling(of anchor: RulePlan.Literal) -> String {
      let placement = anchor.placement.map { placement in
        String(
          decoding: [letter(placement.window), letter(placement.bucket)], as: UTF8.self)
      }
      return (anchor.isCaseless ? "i" : "s") + (placement ?? "--") + hex(anchor.bytes)
    }

    private func letter(_ number: Int) -> UInt8 {
      precondition((0..<26).contains(number), "a placement is out of range")
      return UInt8(ascii: "a") + UInt8(number)
    }

    private func hex(_ bytes: [UInt8]) -> String {
      bytes.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
    }
  }

  // MARK: - Reading

  /// Walks over the bytes once; makes a text only of what is wanted as one.
  private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func rule(isDocumented: Bool) -> PlannedRule {
      var rule = Rule(
        id: text(), name: text(), provider: "", expression: text(), boundary: choice(),
        statedAnchors: nil, validators: [], severity: choice(), confidence: choice(), tags: [],
        docs: "", remediation: "", examples: [], nonExamples: [])
      rule.validators = list { $0.validator(in: $1) }
      rule.doubts = list { $0.validator(in: $1) }
      let anchors = list { $0.literal(in: $1) }
      let lead = number()...number()
      let reach = number()
      let plan = RulePlan(
        anchors: anchors, lead: lead, reach: reach < 0 ? nil : reach, lookbehind: number(),
        groupCount: number(), leadBytes: set(), startBytes: set(), continuation: set(),
        publicPrefixes: list { $0.bytes(inHex: $1) })
      if isDocumented {
        rule.provider = text()
        rule.docs = text()
        rule.remediation = text()
        rule.statedFamilies = texts()
        let statedAnchors = texts()
        rule.statedAnchors = statedAnchors.isEmpty ? nil : statedAnchors
        rule.tags = texts()
        rule.examples = texts()
        rule.nonExamples = texts()
      }
      skip(to: ruleEnd)
      return PlannedRule(rule: rule, plan: plan)
    }

    /// The bytes up to `end`, which is passed.
    @discardableResult
    private mutating func skip(to end: UInt8) -> Range<Int> {
      let start = position
      while position < bytes.count, bytes[position] != end { position += 1 }
      precondition(position < bytes.count, "broken rule table")
      defer { position += 1 }
      return start..<position
    }

    private mutating func text() -> String { text(in: skip(to: fieldEnd)) }

    private func text(in range: Range<Int>) -> String {
      String(decoding: bytes[range], as: UTF8.self)
    }

    private mutating func texts() -> [String] { list { $0.text(in: $1) } }

    private mutating func list<Item>(_ item: (Reader, Range<Int>) -> Item) -> [Item] {
      var items: [Item] = []
      while bytes[position] != fieldEnd {
        let range = skip(to: itemEnd)
        items.append(item(self, range))
      }
      position += 1
      return items
    }

    private mutating func number() -> Int {
      guard let number = Int(text()) else { preconditionFailure("broken rule table") }
      return number
    }

    private mutating func choice<Choice: RawRepresentable>() -> Choice
    where Choice.RawValue == String {
      guard let choice = Choice(rawValue: text()) else { preconditionFailure("broken rule table") }
      return choice
    }

    private mutating func set() -> ByteSet {
      ByteSet(
        words: list { reader, range in
          reader.bytes[range].reduce(0) { $0 &<< 4 | UInt64(reader.nibble($1)) }
        })
    }

    private func literal(in range: Range<Int>) -> RulePlan.Literal {
      let start = range.lowerBound
      let placement =
        bytes[start + 1] == UInt8(ascii: "-")
        ? nil
        : RulePlan.Placement(
          window: Int(bytes[start + 1] - UInt8(ascii: "a")),
          bucket: Int(bytes[start + 2] - UInt8(ascii: "a")))
      return RulePlan.Literal(
        bytes: bytes(inHex: start + 3..<range.upperBound),
        isCaseless: bytes[start] == UInt8(ascii: "i"), placement: placement)
    }

    private func validator(in range: Range<Int>) -> Validator {
      let parts = text(in: range).split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let validator = Validator(key: parts[0], value: parts[1]) else {
        preconditionFailure("broken rule table")
      }
      return validator
    }

    private func bytes(inHex range: Range<Int>) -> [UInt8] {
      stride(from: range.lowerBound, to: range.upperBound, by: 2).map { index in
        nibble(bytes[index]) << 4 | nibble(bytes[index + 1])
      }
    }

    private func nibble(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
  }
}
