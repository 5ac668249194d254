internal import CSluiceProcess
internal import Glibc

/// Waits for a program that shares this process group.
///
/// The terminal's keys reach both; who is stopped by ^Z is stopped as one job. What is sent to this
/// process alone is passed on.
struct PipeSession {
  private let signals: CInt
  private let notes: CInt

  init(notes: CInt) throws(ProcessError) {
    self.notes = notes
    signals = try Signals.caught(
      [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD])
  }

  /// - Parameters:
  ///   - start: what to start.
  ///   - pumps: carry its outputs.
  ///   - opened: the program's descriptors, closed here once it has them.
  /// - Returns: how it ended, when all that it printed is out.
  /// - Throws: `ProcessError`.
  func run(
    _ start: borrowing ProgramStart, pumps: [OutputPump], closing opened: [CInt]
  ) throws(ProcessError) -> ProgramEnding {
    let started = start.start()
    for descriptor in opened { close(descriptor) }
    let program: CInt
    switch started {
    case .success(let process): program = process
    case .failure(let code): throw ProcessError(code, program: start.arguments[0])
    }
    for pump in pumps { pump.start() }
    var ending: ProgramEnding?
    var open = pumps.count
    while ending == nil || open > 0 {
      // A program's descendants may go on writing: a pipe is read to its end, as a shell does.
      let ready = Wait.ready([(signals, false), (notes, false)], milliseconds: -1)
      if ready[0] {
        while let signal = sluice_signal.next(from: signals) {
          if signal.number != SIGCHLD, signal.is_from_kernel == 0, signal.sender != program,
            ending == nil
          {
            kill(program, signal.number)
          }
        }
        ending = ending ?? Wait.ending(of: program)
      }
      if ready[1], Pipe.byte(from: notes) == OutputPump.Note.ended { open -= 1 }
    }
    return ending ?? .exited(status: 0)
  }
}
