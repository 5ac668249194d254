internal import SluiceRegex
internal import Synchronization

/// Rules with their plans as one text: what `embed-rules` writes into the program when it is
/// built, so that nothing has to be parsed, analysed or found when it starts.
///
/// Fields end with U+001F, the items of a list with U+001E. Byte sets and validators, which many
/// rules have in common, stand once, at the front. Of each rule its plan comes first, for which
/// every `app | sluice filter` waits; behind it, with its length, the rule, which a scanner reads
/// when the first candidate asks for it, and last what only people read.
package final class RuleTable: Sendable {
  /// Where a rule stands, and what is asked of all rules.
  struct Entry {
    fileprivate let place: Int
    let confidence: Rule.Confidence
    let isValidated: Bool
  }

  private static let fieldEnd = UInt8(0x1F)
  private static let itemEnd = UInt8(0x1E)

  private let text: String
  private let isDocumented: Bool
  private let validatorsPlace: Int
  private let read = Mutex(Read())

  private struct Read {
    var validators: [Validator]?
    var rules: [Int: Rule] = [:]
  }

  private init(_ text: String, validatorsPlace: Int, isDocumented: Bool) {
    self.text = text
    self.validatorsPlace = validatorsPlace
    self.isDocumented = isDocumented
  }

  func rule(of entry: Entry) -> Rule {
    read.withLock { read in
      if let rule = read.rules[entry.place] { return rule }
      let bytes = text.utf8
      var reader = Reader(bytes: bytes.span)
      let validators = read.validators ?? reader.validators(at: validatorsPlace)
      read.validators = validators
      let rule = reader.rule(at: entry.place, validators, isDocumented: isDocumented)
      read.rules[entry.place] = rule
      return rule
    }
  }

  package static func text(for rules: [PlannedRule]) -> String {
    guard !rules.isEmpty else { return "" }
    var writer = Writer(rules)
    writer.append(count: rules.count)
    for planned in rules { writer.append(planned) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads what `text(for:)` made in the same build.
  ///
  /// Provider, families, tags, documentation and examples are there if `isDocumented`, else empty.
  package static func rules(in text: String, isDocumented: Bool) -> [PlannedRule] {
    guard !text.isEmpty else { return [] }
    // PERF: the text stays where it is, in the program's file; a copy of 2 MB costs a tenth of the
    // time that a filter takes to start.
    let bytes = text.utf8
    var reader = Reader(bytes: bytes.span)
    let sets = reader.sets()
    let table = RuleTable(
      text, validatorsPlace: reader.position, isDocumented: isDocumented)
    reader.skipField()
    let count = reader.number()
    var rules: [PlannedRule] = []
    rules.reserveCapacity(count)
    while !reader.isAtEnd { rules.append(reader.planned(in: table, sets)) }
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
      for number in [
        Self.place(of: rule.confidence), rule.validators.isEmpty ? 0 : 1, plan.lead.lowerBound,
        plan.lead.upperBound, (plan.reach ?? -1) + 1, plan.lookbehind, plan.groupCount,
        plan.isOutlined ? 1 : 0,
      ] { field(String(number)) }
      for set in Self.sets(of: plan) { field(String(sets.firstIndex(of: set) ?? 0)) }
      list(plan.anchors.map(spelling))
      list(plan.publicPrefixes.map(hex))

      let planned = bytes
      bytes = []
      for text in [rule.id, rule.name, rule.expression] { field(text) }
      for number in [
        Self.place(of: rule.boundary), Self.place(of: rule.severity),
        Self.place(of: rule.confidence),
      ] { field(String(number)) }
      for used in [rule.validators, rule.doubts] {
        list(used.map { String(validators.firstIndex(of: $0) ?? 0) })
      }
      for text in [rule.provider, rule.docs, rule.remediation] { field(text) }
      for texts in [
        rule.statedFamilies, rule.statedAnchors ?? [], rule.tags, rule.examples, rule.nonExamples,
      ] { list(texts) }
      let read = bytes
      bytes = planned
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

    /// `i` or `s`, window and bucket as one letter each if it has a placement, the bytes; or with
    /// `I` or `S` the bytes in hex, if not all are printable.
    private func spelling(of anchor: RulePlan.Literal) -> String {
      let placement = anchor.placement.map { placement in
        String(
          decoding: [letter(placement.window), letter(placement.bucket)], as: UTF8.self)
      }
      let isPrintable = anchor.bytes.allSatisfy { (0x20..<0x7F).contains($0) }
      let kind = anchor.isCaseless ? "i" : "s"
      return (isPrintable ? kind : kind.uppercased()) + (placement ?? "--")
        + (isPrintable ? String(decoding: anchor.bytes, as: UTF8.self) : hex(anchor.bytes))
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
    private(set) var position = 0
    private let confidences = Array(Rule.Confidence.allCases)

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func sets() -> [ByteSet] { list { $0.set(in: $1) } }

    mutating func skipField() { skip(to: fieldEnd) }

    // `place` is where their list begins.
    mutating func validators(at place: Int) -> [Validator] {
      position = place
      let spellings = texts()
      return stride(from: 0, to: spellings.count, by: 2).map { index in
        guard let validator = Validator(key: spellings[index], value: spellings[index + 1]) else {
          preconditionFailure("broken rule table")
        }
        return validator
      }
    }

    /// The plan that begins here, and where its rule is; passes both.
    mutating func planned(in table: RuleTable, _ sets: [ByteSet]) -> PlannedRule {
      let confidence = confidences[number()]
      let isValidated = number() == 1
      let lead = number()...number()
      let reach = number()
      var plan = RulePlan(
        anchors: [], lead: lead, reach: reach == 0 ? nil : reach - 1, lookbehind: number(),
        groupCount: number(), leadBytes: ByteSet(), startBytes: ByteSet(),
        continuation: ByteSet(), publicPrefixes: [], isOutlined: number() == 1)
      plan.leadBytes = sets[number()]
      plan.startBytes = sets[number()]
      plan.continuation = sets[number()]
      plan.anchors = list { $0.literal(in: $1) }
      plan.publicPrefixes = list { $0.bytes(inHex: $1) }
      let length = number()
      let entry = Entry(place: position, confidence: confidence, isValidated: isValidated)
      position += length
      return PlannedRule(entry, in: table, plan: plan)
    }

    mutating func rule(
      at place: Int, _ validators: [Validator], isDocumented: Bool
    ) -> Rule {
      position = place
      var rule = Rule(
        id: text(), name: text(), provider: "", expression: text(),
        boundary: Boundary.allCases[number()], statedAnchors: nil, validators: [],
        severity: Rule.Severity.allCases[number()],
        confidence: confidences[number()], tags: [], docs: "", remediation: "",
        examples: [], nonExamples: [])
      rule.validators = list { validators[$0.number(in: $1)] }
      rule.doubts = list { validators[$0.number(in: $1)] }
      guard isDocumented else { return rule }
      rule.provider = text()
      rule.docs = text()
      rule.remediation = text()
      rule.statedFamilies = texts()
      let statedAnchors = texts()
      rule.statedAnchors = statedAnchors.isEmpty ? nil : statedAnchors
      rule.tags = texts()
      rule.examples = texts()
      rule.nonExamples = texts()
      return rule
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
      let text = start + 3..<range.upperBound
      let isPrintable = bytes[start] & 0x20 != 0
      return RulePlan.Literal(
        bytes: isPrintable ? text.map { bytes[$0] } : bytes(inHex: text),
        isCaseless: bytes[start] | 0x20 == UInt8(ascii: "i"), placement: placement)
    }

    private func bytes(inHex range: Range<Int>) -> [UInt8] {
      stride(from: range.lowerBound, to: range.upperBound, by: 2).map { index in
        nibble(bytes[index]) << 4 | nibble(bytes[index + 1])
      }
    }

    private func nibble(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
  }
}
