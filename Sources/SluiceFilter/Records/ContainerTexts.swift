internal import SluiceScan

/// What a container wrote to one of its outputs, as one text put together from its records.
struct ContainerText: ~Copyable {
  var scanner: Scanner
  var window = Window(held: 0, block: 64 * 1024)
  /// Findings in records that are not written yet.
  var marks: [RecordMark] = []

  init(rules: CompiledRules, measuresTime: Bool) {
    scanner = Scanner(rules: rules, measuresTime: measuresTime)
  }

  /// Offset behind the last byte of text.
  var end: UInt64 { window.origin + UInt64(window.bytes.count) }

  mutating func scan(isFinal: Bool, into collector: inout MarkCollector) {
    swap(&marks, &collector.marks)
    let settled = Self.scan(window, with: &scanner, isFinal: isFinal, into: &collector)
    swap(&marks, &collector.marks)
    window.release(through: settled, keeping: scanner.contextLength)
    if isFinal { scanner.begin(at: end) }
  }

  /// Apart, because a span of one of our properties may not be in use while others change.
  private static func scan(
    _ window: borrowing Window, with scanner: inout Scanner, isFinal: Bool,
    into collector: inout MarkCollector
  ) -> UInt64 {
    scanner.scan(window.bytes, at: window.origin, isFinal: isFinal, into: &collector)
  }

  mutating func adopt(_ rules: CompiledRules, after former: CompiledRules, measuresTime: Bool) {
    var successor = Scanner(rules: rules, measuresTime: measuresTime)
    successor.takeOver(at: scanner.settledMark, after: scanner.statistics, of: former)
    scanner = successor
  }
}

/// The texts of a container, and the records that wait until theirs is decided.
struct ContainerTexts: ~Copyable {
  /// A record in the window.
  struct Held: BitwiseCopyable {
    let start: UInt64
    let length: Int
    let line: UInt64
    /// Which output it belongs to: 0 and 1, or -1 for none.
    let output: Int
    /// Its text, as offsets in that of the output.
    let textStart: UInt64
    let textEnd: UInt64
  }

  private let measuresTime: Bool
  var standardOutput: ContainerText
  var standardError: ContainerText
  private var held: [Held] = []
  private var head = 0

  init(rules: CompiledRules, measuresTime: Bool) {
    self.measuresTime = measuresTime
    standardOutput = ContainerText(rules: rules, measuresTime: measuresTime)
    standardError = ContainerText(rules: rules, measuresTime: measuresTime)
  }

  var first: Held? { head < held.count ? held[head] : nil }

  var firstHeld: UInt64? { first?.start }

  /// Whether findings wait to be written.
  var hasMarks: Bool { !standardOutput.marks.isEmpty || !standardError.marks.isEmpty }

  var statistics: ScanStatistics {
    var sum = standardOutput.scanner.statistics
    sum.add(standardError.scanner.statistics)
    return sum
  }

  mutating func hold(_ record: Held) { held.append(record) }

  mutating func removeFirst() {
    head += 1
    if head == held.count {
      held.removeAll(keepingCapacity: true)
      head = 0
    }
  }

  mutating func scan(isFinal: Bool, into collector: inout MarkCollector) {
    standardOutput.scan(isFinal: isFinal, into: &collector)
    standardError.scan(isFinal: isFinal, into: &collector)
  }

  func isSettled(_ record: Held) -> Bool {
    switch record.output {
    case 0: standardOutput.scanner.settledMark >= record.textEnd
    case 1: standardError.scanner.settledMark >= record.textEnd
    default: true
    }
  }

  func marks(of record: Held) -> [RecordMark] {
    switch record.output {
    case 0: standardOutput.marks
    case 1: standardError.marks
    default: []
    }
  }

  /// Forgets what ended in a record that was written.
  mutating func forgetMarks(through record: Held) {
    switch record.output {
    case 0: standardOutput.marks.removeAll { $0.end <= record.textEnd }
    case 1: standardError.marks.removeAll { $0.end <= record.textEnd }
    default: break
    }
  }

  mutating func adopt(_ rules: CompiledRules, after former: CompiledRules) {
    standardOutput.adopt(rules, after: former, measuresTime: measuresTime)
    standardError.adopt(rules, after: former, measuresTime: measuresTime)
  }
}
