internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan

/// Writes the stream with a mask in place of each finding.
///
/// While the scanner runs, findings and their masks are noted; `emit` then writes the settled part
/// of the window around them. What is clean goes through byte for byte (G1); what belongs to a
/// finding never gets into the output buffer (G3).
struct Redactor<Output: ByteSink & ~Copyable>: ~Copyable, FindingSink {
  typealias Failure = Never

  private enum EditKind: BitwiseCopyable {
    case whole, open, close
  }

  private struct Edit: BitwiseCopyable {
    let kind: EditKind
    let finding: Finding
    /// The mask's end in `maskBytes`; it begins where the one before ends.
    let maskEnd: Int
    let fingerprint: Fingerprint?
  }

  private static var bufferLength: Int { 64 * 1024 }
  /// Clean runs of this length are written without a copy.
  private static var directLength: Int { 16 * 1024 }

  private var output: Output
  private var masks: MaskTable
  /// Knows the fingerprints of values that are looked for.
  private var rules: CompiledRules
  private var fingerprinter: Fingerprinter?
  private var report: FindingReport?
  /// Noted since the last `emit`; bounded by the length of the window.
  private var edits: [Edit] = []
  private var maskBytes: [UInt8] = []
  private var buffer: [UInt8] = []
  /// Everything before is written or masked.
  private var written: UInt64 = 0
  /// Inside of a finding whose end is not known.
  private(set) var isMasking = false
  /// Whether the beginning of a record waits for its end, until `flush`.
  private let joinsRecords: Bool

  init(
    output: consuming Output, masks: MaskTable, fingerprinter: consuming Fingerprinter?,
    report: FindingReport?, joinsRecords: Bool = false, rules: CompiledRules
  ) {
    self.output = output
    self.joinsRecords = joinsRecords
    self.masks = masks
    self.rules = rules
    self.fingerprinter = fingerprinter
    self.report = report
    buffer.reserveCapacity(Self.bufferLength)
    edits.reserveCapacity(1024)
    maskBytes.reserveCapacity(32 * 1024)
  }

  /// Goes on with other rules; nothing may be masked half.
  mutating func adopt(_ masks: MaskTable, rules: CompiledRules) {
    precondition(!isMasking && edits.isEmpty, "a mask of the former rules is not finished")
    self.masks = masks
    self.rules = rules
    report?.adopt(rules)
  }

  /// Whether the beginning of a record waits in the buffer.
  var holdsPartialRecord: Bool { !buffer.isEmpty }

  // MARK: - Findings

  /// The fingerprint of a secret; nil without a key.
  mutating func fingerprint(of secret: Span<UInt8>) -> Fingerprint? {
    fingerprinter?.fingerprint(of: secret)
  }

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) {
    note(.whole, finding, secret: secret)
  }

  mutating func open(_ finding: Finding, secret: Span<UInt8>) {
    note(.open, finding, secret: secret)
  }

  mutating func close(_ finding: Finding) {
    edits.append(
      Edit(kind: .close, finding: finding, maskEnd: maskBytes.count, fingerprint: nil))
  }

  private mutating func note(_ kind: EditKind, _ finding: Finding, secret: Span<UInt8>) {
    let fingerprint =
      rules.valueFingerprint(of: finding) ?? fingerprinter?.fingerprint(of: secret)
    report?.note(finding, secret: secret)
    masks.append(finding, secret: secret, fingerprint: fingerprint, to: &maskBytes)
    edits.append(
      Edit(kind: kind, finding: finding, maskEnd: maskBytes.count, fingerprint: fingerprint))
  }

  // MARK: - Output

  /// Writes everything before `mark`.
  ///
  /// - Parameters:
  ///   - bytes: the window that was scanned.
  ///   - origin: its offset in the stream.
  ///   - mark: the settled mark.
  /// - Throws: `IOError` of the output.
  mutating func emit(
    _ bytes: Span<UInt8>, at origin: UInt64, through mark: UInt64
  ) throws(IOError) {
    // Taken out while `self` changes, put back for its capacity.
    var masks: [UInt8] = []
    swap(&masks, &maskBytes)
    var maskStart = 0
    for index in edits.indices {
      let edit = edits[index]
      if edit.kind == .close {
        try fillMask(through: edit.finding.end)
        isMasking = false
        report?.end(edit.finding)
        continue
      }
      try passClean(bytes, at: origin, through: edit.finding.start)
      try put(
        masks.span.extracting(maskStart..<edit.maskEnd), of: edit, linesIn: bytes, at: origin)
      let isWritten = edit.maskEnd > maskStart
      maskStart = edit.maskEnd
      if edit.kind == .open {
        isMasking = true
      } else {
        try fillMask(through: edit.finding.end, isWritten: isWritten)
        report?.end(edit.finding)
      }
    }
    edits.removeAll(keepingCapacity: true)
    masks.removeAll(keepingCapacity: true)
    swap(&masks, &maskBytes)
    if isMasking {
      try fillMask(through: mark)
    } else {
      try passClean(bytes, at: origin, through: mark)
    }
    report?.countLines(in: bytes, at: origin, through: mark)
    if joinsRecords { try flushRecords() } else { try flush() }
  }

  /// Writes what nothing was found in yet, ahead of the settled mark.
  ///
  /// A finding that turns out to begin in it is masked from here on.
  mutating func passEarly(
    _ bytes: Span<UInt8>, at origin: UInt64, through mark: UInt64
  ) throws(IOError) {
    guard !isMasking else { return }
    try passClean(bytes, at: origin, through: mark)
    try flush()
  }

  /// Writes finished finding lines; after `emit`, so that a reader of both never sees a finding
  /// before its mask.
  mutating func writeReport<Sink: ByteSink & ~Copyable>(to sink: inout Sink) throws(IOError) {
    try report?.writeLines(to: &sink)
  }

  private mutating func passClean(
    _ bytes: Span<UInt8>, at origin: UInt64, through end: UInt64
  ) throws(IOError) {
    guard end > written else { return }
    let run = bytes.extracting(Int(written - origin)..<Int(end - origin))
    report?.passed(run)
    if run.count >= Self.directLength {
      try flush()
      try output.write(run)
    } else {
      if buffer.count + run.count > Self.bufferLength { try flush() }
      append(run)
    }
    written = end
  }

  private mutating func put(
    _ mask: Span<UInt8>, of edit: Edit, linesIn bytes: Span<UInt8>, at origin: UInt64
  ) throws(IOError) {
    if report != nil {
      report?.countLines(in: bytes, at: origin, through: edit.finding.start)
      report?.begin(edit.finding, mask: mask, fingerprint: edit.fingerprint)
    }
    if buffer.count + mask.count > Self.bufferLength { try flush() }
    append(mask)
  }

  /// Leaves out what belongs to a finding; writes as many `*` if that is the mask.
  private mutating func fillMask(
    through end: UInt64, isWritten: Bool = false
  ) throws(IOError) {
    guard end > written else { return }
    if masks.style == .fill, !isWritten {
      var left = Int(end - written)
      while left > 0 {
        if buffer.count == Self.bufferLength { try flush() }
        let count = min(left, Self.bufferLength - buffer.count)
        buffer += repeatElement(MaskTable.fillByte, count: count)
        left -= count
      }
    }
    written = end
  }

  private mutating func append(_ run: Span<UInt8>) {
    buffer.append(addingCapacity: run.count) { (free: inout OutputSpan<UInt8>) in
      for index in run.indices { free.append(run[index]) }
    }
  }

  /// Writes what was completed and keeps the beginning of a record, as far as the buffer has room.
  private mutating func flushRecords() throws(IOError) {
    guard let end = buffer.lastIndex(of: UInt8(ascii: "\n")) else { return }
    var full: [UInt8] = []
    swap(&full, &buffer)
    try output.write(full.span.extracting(0...end))
    full.removeFirst(end + 1)
    swap(&full, &buffer)
  }

  /// Writes everything that waits in the buffer.
  mutating func flush() throws(IOError) {
    guard !buffer.isEmpty else { return }
    var full: [UInt8] = []
    swap(&full, &buffer)
    try output.write(full.span)
    full.removeAll(keepingCapacity: true)
    swap(&full, &buffer)
  }
}
