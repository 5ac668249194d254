internal import ArgumentParser
internal import SluiceAlerts
internal import SluiceFilter

/// What happens when something cannot be done as it should.
enum FailureChoice: String, ExpressibleByArgument, CaseIterable {
  case closed, open
}

/// Where finding lines go: a file that may be rotated under way, or a descriptor.
///
/// Lines are added at the end of the file, each write whole lines. A file that was moved away or
/// removed is opened anew, so that rotation needs neither a signal nor `copytruncate`.
struct FindingsFile: ~Copyable, ByteSink {
  /// Nil if lines only go to alerts.
  private var descriptor: Descriptor?
  private let path: String?
  private let alerts: AlertDispatcher?
  private let choice: FailureChoice
  private var isBroken = false

  init(
    appendingTo path: String, telling alerts: AlertDispatcher?, onFailure choice: FailureChoice
  ) throws(IOError) {
    descriptor = try .appending(path: path)
    self.path = path
    self.alerts = alerts
    self.choice = choice
  }

  init(
    borrowing descriptor: consuming Descriptor, telling alerts: AlertDispatcher?,
    onFailure choice: FailureChoice
  ) {
    self.descriptor = consume descriptor
    path = nil
    self.alerts = alerts
    self.choice = choice
  }

  /// Findings go to alerts alone.
  init(telling alerts: AlertDispatcher) {
    descriptor = nil
    path = nil
    self.alerts = alerts
    choice = .closed
  }

  func requireOther(than other: borrowing Descriptor, _ role: String) throws(IOError) {
    switch descriptor {
    case .some(let own): try own.requireOther(than: other, role)
    case .none: break
    }
  }

  mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    alerts?.offer(bytes.indices.map { bytes[$0] })
    guard var open = descriptor.take() else { return }
    var failure: IOError?
    do {
      if let path, !open.isStill(at: path) { open = try .appending(path: path) }
      try open.write(bytes)
    } catch {
      failure = error
    }
    descriptor = consume open
    guard let failure else { return }
    guard choice == .open else { throw failure }
    if !isBroken { note(ErrorText.masked("sluice: warning: \(failure.problem); masking goes on")) }
    isBroken = true
  }
}
