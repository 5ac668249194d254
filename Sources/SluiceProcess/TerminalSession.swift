internal import CSluiceProcess
internal import Glibc

/// A program in a terminal of its own, whose output goes to the real one through a filter.
///
/// ```
///   keyboard ─► real terminal ─► sluice ─► controller ═ program's terminal ─► program
///   screen   ◄─ (raw)         ◄─ filter ◄─                                 ◄─
/// ```
/// The real terminal is raw meanwhile: keys such as ^C and ^Z get their meaning in the program's
/// terminal. When the program stops there, the monitor says so; then this process gives the real
/// terminal back as it was and stops too, so that the shell sees one stopped job. It is put back on
/// every way out but SIGKILL.
struct TerminalSession {
  let controller: Terminal
  let program: Terminal
  /// Where keys come from, and whose settings change.
  private let real: Terminal
  private let signals: CInt
  private let notes: CInt

  init(notes: CInt) throws(ProcessError) {
    (controller, program) = try Terminal.pair()
    self.notes = notes
    real =
      isatty(STDIN_FILENO) == 1
      ? Terminal(number: STDIN_FILENO)
      : Terminal.controlling ?? Terminal(number: STDOUT_FILENO)
    if let settings = real.settings { program.apply(settings) }
    real.copySize(to: controller)
    _ = fcntl(controller.number, F_SETFL, O_RDWR | O_NONBLOCK)
    signals = try Signals.caught(
      [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT])
  }

  /// - Parameters:
  ///   - start: what to start.
  ///   - pumps: carry its outputs, the one of the terminal first.
  ///   - opened: the program's descriptors, closed here once it has them.
  /// - Returns: how it ended, when all that it printed is out.
  /// - Throws: `ProcessError`.
  func run(
    _ start: borrowing ProgramStart, pumps: [OutputPump], closing opened: [CInt]
  ) throws(ProcessError) -> ProgramEnding {
    let channel = try Pipe.channel()
    let started = start.start(inTerminal: program.number, channel: channel.1)
    close(channel.1)
    for descriptor in opened { close(descriptor) }
    let name = start.arguments[0]
    let monitor: CInt
    switch started {
    case .success(let process): monitor = process
    case .failure(let code): throw ProcessError(code, program: name)
    }
    defer { _ = Wait.ending(of: monitor, blocking: true) }
    // Closed first, in every case: then the monitor hangs up, and ends.
    defer { close(channel.0) }
    guard let first = MonitorEvent.next(from: channel.0) else { throw .noTerminal(code: EIO) }
    guard first.kind == SLUICE_STARTED else {
      throw ProcessError(ProcessCode(first.value), program: name)
    }
    var conversation = Conversation(self, process: first.value, channel: channel.0, pumps: pumps)
    defer { conversation.leaveRaw() }
    conversation.enterRaw()
    for pump in pumps { pump.start() }
    return conversation.run()
  }

  /// The state while the program runs.
  private struct Conversation {
    private let session: TerminalSession
    private let process: CInt
    private let channel: CInt
    private let pumps: [OutputPump]
    /// The real terminal's own settings, while it is raw.
    private var saved: Terminal.Settings?
    private var keys: [UInt8] = []
    private var hasKeyboard = true
    private var isControllerOpen = true
    private var isChannelOpen = true
    private var open: Int
    private var ending: ProgramEnding?

    init(
      _ session: TerminalSession, process: CInt, channel: CInt, pumps: [OutputPump]
    ) {
      self.session = session
      self.process = process
      self.channel = channel
      self.pumps = pumps
      open = pumps.count
    }

    mutating func enterRaw() {
      let real = session.real
      // Who was stopped while it was raw finds it as the shell left it.
      guard real.isOurs, let settings = saved ?? real.settings else { return }
      saved = settings
      real.apply(Terminal.raw(settings))
      if isControllerOpen { real.copySize(to: session.controller) }
    }

    mutating func leaveRaw() {
      // Who is in the background changes nothing of the terminal that is another one's now.
      if let saved, session.real.isOurs { session.real.apply(saved) }
      saved = nil
    }

    mutating func run() -> ProgramEnding {
      while isChannelOpen || open > 0 {
        let ready = Wait.ready(
          [
            (session.signals, false), (isChannelOpen ? channel : -1, false),
            (session.notes, false),
            (saved != nil && hasKeyboard && keys.isEmpty ? session.real.number : -1, false),
            (keys.isEmpty || !isControllerOpen ? -1 : session.controller.number, true),
          ], milliseconds: -1)
        if ready[0] {
          while let signal = sluice_signal.next(from: session.signals) { receive(signal) }
        }
        if ready[1] { receiveEvent() }
        if ready[2], Pipe.byte(from: session.notes) == OutputPump.Note.ended { outputEnded() }
        if ready[3] {
          if let bytes = session.real.bytes() { keys = bytes } else { hasKeyboard = false }
        }
        if ready[4] || !keys.isEmpty { sendKeys() }
      }
      return ending ?? .signalled(number: SIGHUP)
    }

    private mutating func sendKeys() {
      guard isControllerOpen, let count = session.controller.write(keys) else {
        keys = []
        return
      }
      keys.removeFirst(count)
    }

    private mutating func receive(_ signal: sluice_signal) {
      switch signal.number {
      case SIGWINCH:
        if isControllerOpen { session.real.copySize(to: session.controller) }
      // The shell put this job into the foreground.
      case SIGCONT: enterRaw()
      default: kill(-process, signal.number)
      }
    }

    private mutating func receiveEvent() {
      guard let event = MonitorEvent.next(from: channel) else {
        isChannelOpen = false
        return
      }
      switch event.kind {
      case SLUICE_STOPPED: stop(by: event.value)
      case SLUICE_ENDED:
        ending = ProgramEnding(waitStatus: event.value)
        isChannelOpen = false
        for pump in pumps.prefix(1) { pump.order(OutputPump.Order.end) }
      default: break
      }
    }

    /// Stops as the program did, and goes on with it.
    private mutating func stop(by signal: CInt) {
      // What it printed last, such as the screen as it was, comes before the shell's prompt.
      if pumps[0].result == nil {
        pumps[0].order(OutputPump.Order.reportQuiet)
        while Wait.ready([(session.notes, false)], milliseconds: 2000)[0] {
          guard let note = Pipe.byte(from: session.notes) else { break }
          if note == OutputPump.Note.quiet { break }
          outputEnded()
        }
      }
      leaveRaw()
      sluice_stop_by(signal)
      enterRaw()
      Pipe.send(UInt8(ascii: "c"), to: channel)
    }

    private mutating func outputEnded() {
      open -= 1
      guard isControllerOpen, let result = pumps[0].result else { return }
      close(session.controller.number)
      isControllerOpen = false
      // Nobody sees what the program prints any more.
      if ending == nil, case .failure = result { kill(-process, SIGHUP) }
    }
  }
}
