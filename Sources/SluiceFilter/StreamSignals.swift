internal import Glibc
internal import Synchronization

/// Signals as orders: SIGTERM and SIGINT drain, SIGHUP reloads, SIGUSR1 reports.
///
/// The handlers set a bit and interrupt a read that waits; the stream's thread asks with `take`
/// before each read. That costs one load of a word, no system call.
package enum StreamSignals {
  /// Installs the handlers; called once, by the thread that runs the stream.
  ///
  /// SIGINT stays ignored where the caller had it ignored, as shells do for background jobs. A
  /// second SIGTERM or SIGINT ends the process at once, as if there were no handler: an output that
  /// is blocked must not keep it alive.
  package static func install() {
    // The handlers must not be the first to touch these: that would initialise them.
    pending.store(0, ordering: .relaxed)
    streamThread.store(UInt(pthread_self()), ordering: .relaxed)
    // Whoever started us may have blocked signals for itself, and processes inherit that.
    var mask = sigset_t()
    _ = unsafe sigemptyset(&mask)
    for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGALRM] {
      install(signal)
      _ = unsafe sigaddset(&mask, signal)
    }
    _ = unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  /// What was ordered since the last call.
  package static func take() -> StreamOrders {
    guard pending.load(ordering: .relaxed) != 0 else { return [] }
    return StreamOrders(rawValue: pending.exchange(0, ordering: .acquiringAndReleasing))
  }

  /// Lets a read of the stream's thread that waits come back, so that it looks for orders.
  ///
  /// One that begins just now is missed: whoever has an order calls again until it was taken.
  package static func interrupt() {
    let thread = streamThread.load(ordering: .relaxed)
    if thread != 0 { _ = pthread_kill(pthread_t(thread), SIGALRM) }
  }

  private static func install(_ signal: CInt) {
    var former = sigaction()
    _ = unsafe sigaction(signal, nil, &former)
    // SAFETY: SIG_IGN is the number 1 as a pointer, which is never called.
    let isIgnored = unsafe unsafeBitCast(former.__sigaction_handler.sa_handler, to: Int.self) == 1
    if signal == SIGINT && isIgnored { return }
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = receiveSignal
    // Without SA_RESTART: a read that waits comes back with EINTR.
    _ = unsafe sigaction(signal, &action, nil)
  }
}

private let pending = Atomic<UInt32>(0)
private let streamThread = Atomic<UInt>(0)

/// Runs in the middle of anything: only what signal-safety(7) allows.
private func receiveSignal(_ signal: CInt) {
  let code = errno
  defer { errno = code }
  let thread = pthread_t(streamThread.load(ordering: .relaxed))
  guard pthread_equal(pthread_self(), thread) != 0 else {
    _ = pthread_kill(thread, signal)
    return
  }
  switch signal {
  case SIGTERM, SIGINT:
    pending.bitwiseOr(StreamOrders.drain.rawValue, ordering: .relaxed)
    _ = Glibc.signal(SIGTERM, SIG_DFL)
    _ = Glibc.signal(SIGINT, SIG_DFL)
  case SIGHUP: pending.bitwiseOr(StreamOrders.reload.rawValue, ordering: .relaxed)
  case SIGUSR1: pending.bitwiseOr(StreamOrders.report.rawValue, ordering: .relaxed)
  default: break
  }
  // A signal that comes between the look at `pending` and the read does not interrupt the read.
  // The alarm comes again until the order was taken.
  if pending.load(ordering: .relaxed) != 0 { _ = alarm(1) }
}
