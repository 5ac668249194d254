internal import Foundation
internal import Glibc
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceScan
internal import Synchronization

/// Carries one output of a program through a filter, in a thread of its own: a reader who takes
/// nothing from one output must not hold up the other (and the program's signals).
final class OutputPump: Sendable {
  /// How the output is filtered.
  struct Plan: Sendable {
    let rules: CompiledRules
    let options: Filter.Options
    let fingerprintKey: FingerprintKey?
    /// An open descriptor that gets findings.
    let findings: CInt?
    let observer: FindingObserver?
    let progress: FilteredProgram.Progress?
  }

  /// What is told to whoever started it.
  enum Note {
    static let ended = UInt8(ascii: "e")
    /// The program printed nothing for a while, and all that it printed is out.
    static let quiet = UInt8(ascii: "q")
  }

  /// What it is told.
  enum Order {
    static let reportQuiet = UInt8(ascii: "q")
    /// The program has ended: what it left open to others is not waited for.
    static let end = UInt8(ascii: "e")
  }

  /// After so many milliseconds without output a person shall see what may go out early.
  private static let pause: CInt = 20
  /// How long a terminal must be silent before it is taken for finished.
  private static let silence: CInt = 100

  private let source: CInt
  private let target: CInt
  private let name: String
  private let isTerminal: Bool
  private let isOwner: Bool
  private let plan: Plan
  private let notes: CInt
  private let orders: (read: CInt, write: CInt)
  private let outcome = Mutex<Result<ScanStatistics, IOError>?>(nil)

  /// - Parameters:
  ///   - source: what the program writes to, from the other side.
  ///   - target: where it goes.
  ///   - name: what errors call the target.
  ///   - isTerminal: whether somebody looks on.
  ///   - isOwner: whether the source is closed at the end.
  ///   - plan: how it is filtered.
  ///   - notes: gets a byte for each `Note`.
  /// - Throws: `ProcessError`.
  init(
    from source: CInt, to target: CInt, named name: String, isTerminal: Bool,
    isOwner: Bool, plan: Plan, notes: CInt
  ) throws(ProcessError) {
    self.source = source
    self.target = target
    self.name = name
    self.isTerminal = isTerminal
    self.isOwner = isOwner
    self.plan = plan
    self.notes = notes
    orders = try Pipe.make(blocking: false)
  }

  func start() {
    let thread = Thread { [self] in
      let result = Result<ScanStatistics, IOError> { () throws(IOError) in try carry() }
      outcome.withLock { $0 = result }
      // A program that goes on writing where nobody reads is told so by the system.
      if isOwner { close(source) }
      Pipe.send(Note.ended, to: notes)
    }
    thread.name = "output"
    thread.start()
  }

  func order(_ order: UInt8) { Pipe.send(order, to: orders.write) }

  /// What was scanned; nil while it goes on.
  var result: Result<ScanStatistics, IOError>? { outcome.withLock { $0 } }

  private func carry() throws(IOError) -> ScanStatistics {
    var filter = LiveFilter(
      rules: plan.rules, options: plan.options,
      fingerprinter: try? plan.fingerprintKey?.fingerprinter(),
      to: Descriptor(borrowing: target, named: name),
      findings: plan.findings == nil && plan.observer == nil
        ? nil
        : FindingTap(
          plan.findings.map { Descriptor(borrowing: $0, named: "the findings") },
          observer: plan.observer))
    var input = ProgramOutput(number: source)
    var state = State()
    while true {
      if try hasOutput(&filter, &state) {
        let goesOn = try filter.pass(from: &input)
        plan.progress?(target, filter.statistics)
        guard goesOn else { break }
        state.isPaused = false
      } else if state.isEnding {
        try filter.finish()
        plan.progress?(target, filter.statistics)
        break
      }
    }
    return filter.statistics
  }

  private struct State {
    var isPaused = false
    var isEnding = false
    var isAskedForQuiet = false
  }

  /// Waits for output.
  ///
  /// - Returns: whether there is some, or its end; false when there was none for a while.
  private func hasOutput(
    _ filter: inout LiveFilter<Descriptor, FindingTap<Descriptor>>, _ state: inout State
  ) throws(IOError) -> Bool {
    while true {
      let limit: CInt =
        if state.isEnding {
          Self.silence
        } else if state.isAskedForQuiet || (isTerminal && !state.isPaused) {
          Self.pause
        } else {
          -1
        }
      let ready = Wait.ready(
        [(source, false), (state.isEnding ? -1 : orders.read, false)], milliseconds: limit)
      if ready[0] { return true }
      guard ready[1] else { break }
      switch Pipe.byte(from: orders.read) {
      case Order.end: state.isEnding = true
      case Order.reportQuiet: state.isAskedForQuiet = true
      default: break
      }
    }
    if isTerminal { try filter.pause() }
    state.isPaused = true
    if state.isAskedForQuiet {
      state.isAskedForQuiet = false
      Pipe.send(Note.quiet, to: notes)
    }
    return false
  }
}

/// What a program prints; the end of a terminal is an error for read(2), but none here.
struct ProgramOutput: ~Copyable, ByteSource {
  private var descriptor: Descriptor

  init(number: CInt) { descriptor = Descriptor(borrowing: number, named: "the program's output") }

  mutating func read(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int {
    do {
      return try descriptor.read(into: &buffer)
    } catch  where error.code == EIO {
      return 0
    }
  }
}
