internal import CSluiceProcess
internal import Glibc
package import SluiceCrypto
package import SluiceFilter
package import SluiceScan

/// A program whose standard output and error go through a filter, each on its own.
///
/// Where standard output is no terminal the program stays in this process group, with the
/// terminal's keys and job control as they are, and its outputs are pipes. Where it is one, the
/// program gets a terminal of its own, so that it prints colours, asks and draws as it would
/// without; see `TerminalSession`.
package struct FilteredProgram: ~Copyable {
  /// What the program gets besides the descriptors that are open.
  package struct Gifts: Sendable {
    /// Files in memory under their own numbers.
    package var files: [MemoryFile] = []
    /// Files in memory under numbers that were asked for; 0 is standard input.
    package var descriptors: [(number: CInt, file: MemoryFile)] = []

    package init() {}
  }

  /// Hears after each read how far an output is, standard output (1) or error (2); called by the
  /// output's own thread, which must not have to wait.
  package typealias Progress = @Sendable (_ output: CInt, _ statistics: ScanStatistics) -> Void

  private let arguments: [String]
  private let environment: ProgramEnvironment
  private let gifts: Gifts
  private let plan: OutputPump.Plan

  /// - Parameters:
  ///   - arguments: the program and its arguments.
  ///   - environment: all of its variables.
  ///   - gifts: what it gets in memory.
  ///   - rules: what is looked for in its outputs.
  ///   - options: how it is masked.
  ///   - fingerprintKey: needed by `MaskStyle.hash`.
  ///   - findings: an open descriptor that gets a JSON line for each finding.
  ///   - observer: is shown the same lines, from the threads of the outputs.
  ///   - progress: hears how far the outputs are.
  package init(
    _ arguments: [String], environment: consuming ProgramEnvironment, gifts: Gifts,
    rules: CompiledRules, options: Filter.Options, fingerprintKey: FingerprintKey?,
    findings: CInt?, observer: FindingObserver? = nil, progress: Progress? = nil
  ) {
    self.arguments = arguments
    self.environment = environment
    self.gifts = gifts
    plan = OutputPump.Plan(
      rules: rules, options: options, fingerprintKey: fingerprintKey, findings: findings,
      observer: observer, progress: progress)
  }

  /// What came of it.
  package struct Outcome {
    package let ending: ProgramEnding
    /// Of standard output and error, as far as they were filtered apart.
    package let statistics: [ScanStatistics]
    /// Why an output could not be written; a closed reader is none.
    package let failure: IOError?
  }

  /// Starts the program and returns when it has ended and all that it printed is out.
  ///
  /// - Throws: `ProcessError`.
  package consuming func run() throws(ProcessError) -> Outcome {
    let notes = try Pipe.make()
    var pumps: [OutputPump] = []
    var moves = gifts.files.map { (from: $0.descriptor, to: $0.descriptor) }
    moves += gifts.descriptors.map { (from: $0.file.descriptor, to: $0.number) }
    var opened: [CInt] = []
    let session: TerminalSession?
    if isatty(STDOUT_FILENO) == 1 {
      let terminal = try TerminalSession(notes: notes.read)
      let program = terminal.program.number
      opened.append(program)
      if isatty(STDIN_FILENO) == 1, !moves.contains(where: { $0.to == STDIN_FILENO }) {
        moves.append((program, STDIN_FILENO))
      }
      moves.append((program, STDOUT_FILENO))
      if isatty(STDERR_FILENO) == 1 { moves.append((program, STDERR_FILENO)) }
      pumps.append(
        try pump(
          terminal.controller.number, to: STDOUT_FILENO, isTerminal: true, isOwner: false,
          notes.write))
      session = terminal
    } else {
      let pipe = try Pipe.make()
      opened.append(pipe.write)
      moves.append((pipe.write, STDOUT_FILENO))
      pumps.append(try pump(pipe.read, to: STDOUT_FILENO, isTerminal: false, notes.write))
      session = nil
    }
    if session == nil || isatty(STDERR_FILENO) != 1 {
      let ends = try errorEnds()
      opened.append(ends.write)
      moves.append((ends.write, STDERR_FILENO))
      pumps.append(
        try pump(
          ends.read, to: STDERR_FILENO, isTerminal: isatty(STDERR_FILENO) == 1, notes.write))
    }
    let start = ProgramStart(
      arguments: arguments, environment: environment, descriptors: moves)
    let ending: ProgramEnding
    if let session {
      ending = try session.run(start, pumps: pumps, closing: opened)
    } else {
      ending = try PipeSession(notes: notes.read).run(start, pumps: pumps, closing: opened)
    }
    var failure: IOError?
    var statistics: [ScanStatistics] = []
    for pump in pumps {
      switch pump.result {
      case .success(let result): statistics.append(result)
      case .failure(let error): if !error.isClosedReader { failure = error }
      case nil: break
      }
    }
    return Outcome(ending: ending, statistics: statistics, failure: failure)
  }

  private func pump(
    _ source: CInt, to target: CInt, isTerminal: Bool, isOwner: Bool = true, _ notes: CInt
  ) throws(ProcessError) -> OutputPump {
    try OutputPump(
      from: source, to: target,
      named: target == STDOUT_FILENO ? "standard output" : "standard error",
      isTerminal: isTerminal, isOwner: isOwner, plan: plan, notes: notes)
  }

  /// A pipe; where a person sees standard error a terminal, so that there are colours, with no
  /// processing of its own.
  private func errorEnds() throws(ProcessError) -> (read: CInt, write: CInt) {
    guard isatty(STDERR_FILENO) == 1 else { return try Pipe.make() }
    let (controller, program) = try Terminal.pair()
    if let settings = program.settings { program.apply(Terminal.raw(settings)) }
    Terminal(number: STDERR_FILENO).copySize(to: controller)
    return (controller.number, program.number)
  }
}

extension ProcessError {
  init(_ code: ProcessCode, program: String) {
    switch code.value {
    case ENOENT, ENOTDIR: self = .notFound(program: program)
    default: self = .notStarted(program: program, code: code.value)
    }
  }
}
