internal import SluiceRegex

/// Rules with their plans as one text: what `embed-rules` writes into the program when it is
/// built, so that nothing has to be parsed, analysed or found when it starts.
///
/// Fields end with U+001F, the items of a list with U+001E. Byte sets and validators, which many
/// rules have in common, stand once, at the front. Of each rule what a scanner needs comes first,
/// and what people read after it with its length before it, so that a filter that starts can skip
/// it: every `app | sluice filter` waits for this to be read.
package enum RuleTable {
  private static let fieldEnd = UInt8(0x1F)
  private static let itemEnd = UInt8(0x1E)

  package static func text(for rules: [PlannedRule]) -> String {
    guard !rules.isEmpty else { return "" }
    var writer = Writer(rules)
    writer.append(count: rules.count)
    for planned in rules { writer.append(planned) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads what `text(for:)` made in the same build.
  ///
  /// Provider, families, tags, documentation and examples are read if `isDocumented`, else left
  /// empty.
  package static func rules(in text: String, isDocumented: Bool) -> [PlannedRule] {
    guard !text.isEmpty else { return [] }
    // PERF: the text stays where it is, in the program's file; a copy of 2 MB costs a tenth of the
    // time that a filter takes to start.
    let bytes = text.utf8
    var reader = Reader(bytes: bytes.span)
    let count = reader.number()
    var rules: [PlannedRule] = []
    rules.reserveCapacity(count)
    while !reader.isAtEnd { rules.append(reader.rule(isDocumented: isDocumented)) }
    precondition(rules.count == count, "broken rule table")
    return rules
  }

  // MARK: - Writing

  private struct Writer {
    private(set) var bytes: [UInt8] = []
    private let sets: [ByteSet]
    private let validators: [Validator]

    init(_ rules: [PlannedRule]) {
      sets = Self.distinct(rules.flatMap { Self.sets(of: $0.plan) })
      validators = Self.distinct(rules.flatMap { $0.rule.validators + $0.rule.doubts })
      list(sets.map { $0.words.map(hex).joined() })
      list(validators.flatMap { [$0.spelling.key, $0.spelling.value] })
    }

    private static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
      var known: Set<Value> = []
      return values.filter { known.insert($0).inserted }
    }

    private static func sets(of plan: RulePlan) -> [ByteSet] {
      [plan.leadBytes, plan.startBytes, plan.continuation]
    }

    mutating func append(count: Int) { field(String(count)) }

    mutating func append(_ planned: PlannedRule) {
      let rule = planned.rule
      let plan = planned.plan
      for text in [rule.id, rule.name, rule.expression] { field(text) }
      for number in [
        Self.place(of: rule.boundary), Self.place(of: rule.severity),
        Self.place(of: rule.confidence), plan.lead.lowerBound, plan.lead.upperBound,
        (plan.reach ?? -1) + 1, plan.lookbehind, plan.groupCount, plan.isOutlined ? 1 : 0,
      ] { field(String(number)) }
      for set in Self.sets(of: plan) { field(String(sets.firstIndex(of: set) ?? 0)) }
      for used in [rule.validators, rule.doubts] {
        list(used.map { String(validators.firstIndex(of: $0) ?? 0) })
      }
      list(plan.anchors.map(spelling))
      list(plan.publicPrefixes.map(hex))

      let scanned = bytes
      bytes = []
      for text in [rule.provider, rule.docs, rule.remediation] { field(text) }
      for texts in [
        rule.statedFamilies, rule.statedAnchors ?? [], rule.tags, rule.examples, rule.nonExamples,
      ] { list(texts) }
      let read = bytes
      bytes = scanned
      field(String(read.count))
      bytes += read
    }

    private static func place<Choice: CaseIterable & Equatable>(of choice: Choice) -> Int {
      Choice.allCases.enumerated().first { $0.element == choice }?.offset ?? 0
    }

    private func hex(_ word: UInt64) -> String {
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
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
        text.utf8.allSatisfy { $0 != itemEnd && $0 != fieldEnd },
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
      precondition((0..<62).contains(number), "a placement is out of range")
      return UInt8(ascii: "A") + UInt8(number)
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
  private struct Reader: ~Escapable {
    private let bytes: Span<UInt8>
    private var position = 0
    private var sets: [ByteSet] = []
    private var validators: [Validator] = []
    private let boundaries = Array(Boundary.allCases)
    private let severities = Array(Rule.Severity.allCases)
    private let confidences = Array(Rule.Confidence.allCases)

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>) {
      self.bytes = bytes
      sets = list { $0.set(in: $1) }
      let spellings = texts()
      validators = stride(from: 0, to: spellings.count, by: 2).map { index in
        guard let validator = Validator(key: spellings[index], value: spellings[index + 1]) else {
          preconditionFailure("broken rule table")
        }
        return validator
      }
    }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func rule(isDocumented: Bool) -> PlannedRule {
      var rule = Rule(
        id: text(), name: text(), provider: "", expression: text(),
        boundary: boundaries[number()], statedAnchors: nil, validators: [],
        severity: severities[number()], confidence: confidences[number()], tags: [],
        docs: "", remediation: "", examples: [], nonExamples: [])
      let lead = number()...number()
      let reach = number()
      var plan = RulePlan(
        anchors: [], lead: lead, reach: reach == 0 ? nil : reach - 1, lookbehind: number(),
        groupCount: number(), leadBytes: ByteSet(), startBytes: ByteSet(),
        continuation: ByteSet(), publicPrefixes: [], isOutlined: number() == 1)
      plan.leadBytes = sets[number()]
      plan.startBytes = sets[number()]
      plan.continuation = sets[number()]
      rule.validators = list { $0.validators[$0.number(in: $1)] }
      rule.doubts = list { $0.validators[$0.number(in: $1)] }
      plan.anchors = list { $0.literal(in: $1) }
      plan.publicPrefixes = list { $0.bytes(inHex: $1) }
      let length = number()
      let end = position + length
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
        precondition(position == end, "broken rule table")
      }
      position = end
      return PlannedRule(rule: rule, plan: plan)
    }

    /// The bytes up to `end`, which is passed.
    @discardableResult
    private mutating func skip(to end: UInt8) -> Range<Int> {
      let start = position
      let count = bytes.count
      while position < count, bytes[position] != end { position += 1 }
      precondition(position < count, "broken rule table")
      defer { position += 1 }
      return start..<position
    }

    private mutating func text() -> String { text(in: skip(to: fieldEnd)) }

    private func text(in range: Range<Int>) -> String {
      guard let text = try? UTF8Span(validating: bytes.extracting(range)) else {
        preconditionFailure("broken rule table")
      }
      return String(copying: text)
    }

    private mutating func texts() -> [String] { list { $0.text(in: $1) } }

    /// PERF: a reader that is handed over by value costs a retain and a release of each of its
    /// lists for each item; this one is lent.
    @inline(__always)
    private mutating func list<Item>(_ item: (borrowing Reader, Range<Int>) -> Item) -> [Item] {
      var items: [Item] = []
      while !isAtEnd, bytes[position] != fieldEnd {
        let range = skip(to: itemEnd)
        items.append(item(self, range))
      }
      position += 1
      return items
    }

    mutating func number() -> Int { number(in: skip(to: fieldEnd)) }

    private func number(in range: Range<Int>) -> Int {
      var number = 0
      for index in range { number = 10 * number + Int(bytes[index] - UInt8(ascii: "0")) }
      return number
    }

    private func set(in range: Range<Int>) -> ByteSet {
      ByteSet(
        words: stride(from: range.lowerBound, to: range.upperBound, by: 16).map { start in
          (start..<start + 16).reduce(0) { $0 &<< 4 | UInt64(nibble(bytes[$1])) }
        })
    }

    private func literal(in range: Range<Int>) -> RulePlan.Literal {
      let start = range.lowerBound
      let placement =
        bytes[start + 1] == UInt8(ascii: "-")
        ? nil
        : RulePlan.Placement(
          window: Int(bytes[start + 1] - UInt8(ascii: "A")),
          bucket: Int(bytes[start + 2] - UInt8(ascii: "A")))
      return RulePlan.Literal(
        bytes: bytes(inHex: start + 3..<range.upperBound),
        isCaseless: bytes[start] == UInt8(ascii: "i"), placement: placement)
    }

    private func bytes(inHex range: Range<Int>) -> [UInt8] {
      stride(from: range.lowerBound, to: range.upperBound, by: 2).map { index in
        nibble(bytes[index]) << 4 | nibble(bytes[index + 1])
      }
    }

    private func nibble(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
  }
}
