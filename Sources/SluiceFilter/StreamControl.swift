package import SluiceScan

/// Who steers a stream while it runs, and hears how far it is.
///
/// Called by the stream's own thread, once a read; must not wait.
package protocol StreamControl: ~Copyable {
  /// What was ordered since the last call.
  mutating func orders() -> StreamOrders

  /// The rules and settings to go on with; nil: those that are in use.
  mutating func reload() -> StreamSetup?

  /// Statistics were ordered.
  mutating func report(_ statistics: ScanStatistics)

  /// A read was filtered and written.
  mutating func publish(_ statistics: ScanStatistics)
}

/// Orders that a stream carries out between two reads.
///
/// Computed, not stored: a signal handler reads them, and must not initialise anything.
package struct StreamOrders: OptionSet, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Take what is there, write everything, end.
  package static var drain: StreamOrders { StreamOrders(rawValue: 1) }
  /// Go on with rules and settings as they are now.
  package static var reload: StreamOrders { StreamOrders(rawValue: 2) }
  /// Say how far it is.
  package static var report: StreamOrders { StreamOrders(rawValue: 4) }
}

/// What a reload changes.
package struct StreamSetup {
  package let rules: CompiledRules
  package let allowlist: Allowlist?

  package init(rules: CompiledRules, allowlist: Allowlist?) {
    self.rules = rules
    self.allowlist = allowlist
  }
}

/// Nobody: the stream runs until its input ends.
package struct NoControl: StreamControl {
  package init() {}
  package mutating func orders() -> StreamOrders { [] }
  package mutating func reload() -> StreamSetup? { nil }
  package mutating func report(_ statistics: ScanStatistics) {}
  package mutating func publish(_ statistics: ScanStatistics) {}
}

/// Orders that are not carried out yet.
struct OrderBook {
  var wantsReload = false
  var wantsReport = false
  private(set) var isDraining = false
  /// Bytes that are still read before the stream ends; nil: nobody ordered it to end.
  var unread: Int?

  mutating func take<Control: StreamControl & ~Copyable>(from control: inout Control) {
    let orders = control.orders()
    guard !orders.isEmpty else { return }
    if orders.contains(.drain) { isDraining = true }
    if orders.contains(.reload) { wantsReload = true }
    if orders.contains(.report) { wantsReport = true }
  }

  /// Reads as far as the orders let it.
  ///
  /// - Returns: how many bytes came; 0 where the stream ends; nil if an order arrived first.
  mutating func fill<Input: ByteSource & ~Copyable>(
    _ window: inout Window, from input: inout Input
  ) throws(IOError) -> Int? {
    guard let left = unread else { return try window.fill(from: &input) }
    guard left > 0 else { return 0 }
    let count = try window.fill(from: &input, atMost: left)
    if let count { unread = count == 0 ? 0 : left - count }
    return count
  }
}
