/// Says whether a text can begin with a word of a `ByteProgram`, at one look-up a byte.
///
/// A deterministic automaton whose states are made when a text first needs them: what a kind of
/// text needs is a few dozen of the many that a program could have. Memory is bounded: with
/// `mostStates` states it stops telling texts apart, and everything is possible.
///
/// Not `Sendable`: one thread's, like the states it makes.
@safe package final class ByteAutomaton {
  private static let unknown: UInt16 = 0
  private static let dead: UInt16 = 1
  private static let accepted: UInt16 = 2
  private static let firstState: UInt16 = 3
  /// Bounds the memory of one automaton: states times classes of bytes, of which there are about
  /// 40 in a long expression, times two bytes.
  private static let mostStates = 1024

  private let program: ByteProgram
  /// The class of each byte: bytes that no step tells apart are in one.
  private let classes: UnsafeMutablePointer<UInt8>
  private let classCount: Int
  /// A byte of each class.
  private let samples: [UInt8]
  /// For each state and class the next state; row `firstState` belongs to `sets[0]`.
  private var table: UnsafeMutablePointer<UInt16>
  private var capacity: Int
  /// The `byte` steps at which a run in this state may stand, ascending.
  private var sets: [[UInt16]] = []
  private var numbers: [[UInt16]: UInt16] = [:]
  /// Where a run begins, by the class of the byte before it; the last one is for none.
  private var starts: [UInt16]
  /// More states would be needed than there may be.
  private var isExhausted = false
  private var visited: [Bool]

  package init(_ program: ByteProgram) {
    precondition(program.steps.count < Int(UInt16.max), "a program has too many steps")
    self.program = program
    let divided = Self.classes(of: program)
    unsafe classes = .allocate(capacity: 256)
    // SAFETY: there are 256 of them.
    unsafe classes.initialize(from: divided.of, count: 256)
    samples = divided.samples
    classCount = samples.count
    capacity = 16
    unsafe table = .allocate(capacity: capacity * classCount)
    visited = Array(repeating: false, count: program.steps.count)
    starts = Array(repeating: Self.unknown, count: classCount + 1)
    for index in starts.indices {
      starts[index] = state(
        of: closure(of: [program.start], after: index < classCount ? samples[index] : nil))
    }
  }

  deinit {
    unsafe classes.deallocate()
    unsafe table.deallocate()
  }

  /// Whether a word of the program may begin at `offset`.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - offset: where the word would begin.
  ///   - limit: bytes from here on are not looked at, at most `bytes.count`.
  /// - Returns: false only if none begins there, whatever the bytes from `limit` on are.
  package func canMatch(in bytes: Span<UInt8>, from offset: Int, upTo limit: Int) -> Bool {
    precondition(0 <= offset && limit <= bytes.count, "an automaton reads outside of its text")
    return unsafe bytes.withUnsafeBufferPointer { text in
      var state = unsafe starts[offset > 0 ? Int(classes[Int(text[offset - 1])]) : classCount]
      var index = offset
      // PERF: read once; only `advance` moves the table.
      let (classes, classCount) = unsafe (self.classes, self.classCount)
      var table = unsafe self.table
      while state >= Self.firstState {
        guard index < limit else { return true }
        // SAFETY: `index` is within the text, a class below `classCount`, and each state that
        // was given a number has a row.
        let column = unsafe Int(classes[Int(text[index])])
        let place = Int(state &- Self.firstState) &* classCount &+ column
        state = unsafe table[place]
        index &+= 1
        guard state == Self.unknown else { continue }
        state = advance(UInt16(place / classCount) + Self.firstState, place: place)
        unsafe table = self.table
      }
      return state != Self.dead
    }
  }

  /// Finds the state that follows `state` and notes it at `place` of the table.
  private func advance(_ state: UInt16, place: Int) -> UInt16 {
    guard !isExhausted else { return Self.accepted }
    let byte = samples[place % classCount]
    var targets: [Int] = []
    for step in sets[Int(state - Self.firstState)] {
      if case .byte(let set, let next) = program.steps[Int(step)], set.contains(byte) {
        targets.append(next)
      }
    }
    let next = self.state(of: closure(of: targets, after: byte))
    unsafe table[place] = next
    return next
  }

  /// The number of a set of steps; nil stands for a set in which a word ends.
  private func state(of set: [UInt16]?) -> UInt16 {
    guard let set else { return Self.accepted }
    guard !set.isEmpty else { return Self.dead }
    if let number = numbers[set] { return number }
    guard sets.count < Self.mostStates else {
      isExhausted = true
      return Self.accepted
    }
    if sets.count == capacity { grow() }
    let number = Self.firstState + UInt16(sets.count)
    // SAFETY: there is room for `capacity` rows.
    unsafe (table + sets.count * classCount).initialize(
      repeating: Self.unknown, count: classCount)
    sets.append(set)
    numbers[set] = number
    return number
  }

  private func grow() {
    let larger = UnsafeMutablePointer<UInt16>.allocate(capacity: 2 * capacity * classCount)
    // SAFETY: all rows so far are initialised and move; the old memory is given back.
    unsafe larger.moveInitialize(from: table, count: capacity * classCount)
    unsafe table.deallocate()
    unsafe table = larger
    capacity *= 2
  }

  /// The `byte` steps that can be reached from `steps` without a byte; nil if the end can.
  ///
  /// `last` is the byte before; nil if there is none.
  private func closure(of steps: [Int], after last: UInt8?) -> [UInt16]? {
    var found: [UInt16] = []
    var seen: [Int] = []
    var open = steps
    var isAccepted = false
    while let step = open.popLast() {
      guard !visited[step] else { continue }
      visited[step] = true
      seen.append(step)
      switch program.steps[step] {
      case .byte: found.append(UInt16(step))
      case .after(let set, let next): if last.map(set.contains) ?? true { open.append(next) }
      case .split(let first, let second): open += [first, second]
      case .accept: isAccepted = true
      }
    }
    for step in seen { visited[step] = false }
    return isAccepted ? nil : found.sorted()
  }

  /// Divides the bytes into classes.
  ///
  /// - Returns: the class of each byte, and a byte of each class.
  private static func classes(of program: ByteProgram) -> (of: [UInt8], samples: [UInt8]) {
    var sets: Set<ByteSet> = []
    for step in program.steps {
      switch step {
      case .byte(let set, _), .after(let set, _): sets.insert(set)
      case .split, .accept: break
      }
    }
    var classes = Array(repeating: UInt8(0), count: 256)
    var count = 1
    for set in sets {
      // The bytes of a class that are in the set get a new class, unless all of them are.
      var outside = Array(repeating: false, count: count)
      for byte in UInt8.min...UInt8.max where !set.contains(byte) {
        outside[Int(classes[Int(byte)])] = true
      }
      var divided: [UInt8: UInt8] = [:]
      for byte in UInt8.min...UInt8.max where set.contains(byte) {
        let old = classes[Int(byte)]
        guard outside[Int(old)] else { continue }
        let new = divided[old] ?? UInt8(count)
        if divided.updateValue(new, forKey: old) == nil { count += 1 }
        classes[Int(byte)] = new
      }
    }
    var samples = Array(repeating: UInt8(0), count: count)
    for byte in UInt8.min...UInt8.max { samples[Int(classes[Int(byte)])] = byte }
    return (classes, samples)
  }
}
