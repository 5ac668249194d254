internal import ArgumentParser
internal import Glibc
internal import SluiceAudit
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Read, prove, export and verify the record of all acts.",
    discussion: """
      Example:
        sluice audit checkpoint > kept-elsewhere.note
        sluice audit verify --checkpoint kept-elsewhere.note
      """,
    subcommands: [
      AuditList.self, AuditVerify.self, AuditCheckpoint.self, AuditProve.self, AuditExport.self,
      AuditKey.self,
    ])
}

/// Which entries are meant.
struct AuditSelection: ParsableArguments {
  @Option(help: ArgumentHelp("From this time on: 2026-11-23 or 2026-11-23T04:00:00Z."))
  var from: String?
  @Option(help: "Up to this time, which is not in it.") var to: String?
  @Option(help: "Only of this tenant.") var tenant: String?

  func filter() throws -> (AuditEntry) -> Bool {
    let (from, to) = (try time(from, "--from"), try time(to, "--to"))
    let tenant = tenant
    return { entry in
      (from.map { entry.time >= $0 } ?? true) && (to.map { entry.time < $0 } ?? true)
        && (tenant == nil || entry.tenant == tenant)
    }
  }

  private func time(_ text: String?, _ flag: String) throws -> UTCTime? {
    guard let text else { return nil }
    guard let time = UTCTime(text) else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "\(flag) \(text) is no time",
          remedy: "write a date, or a time such as 2026-11-23T04:00:00Z"))
    }
    return time
  }

  /// For the audit entry about it.
  var details: [String: String] {
    var details: [String: String] = [:]
    details["from"] = from
    details["to"] = to
    details["tenant"] = tenant
    return details
  }
}

struct AuditList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show entries.",
    discussion: "Example: sluice audit list --denied --from 2026-11-01 --limit 20")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var selection: AuditSelection
  @Flag(help: "Only what was refused.") var denied = false
  @Option(help: "Only this operation, such as secret.read.") var operation: String?
  @Option(help: "At most so many, the newest.") var limit: Int?
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let isSelected = try selection.filter()
    let opened = try vault.openForReading()
    try opened.recordAudit("list", details: selection.details, by: .person())
    var entries: [AuditEntry] = []
    try opened.forEachEntry(in: 0..<(try opened.auditSize())) { entry in
      let isWanted =
        isSelected(entry) && (!denied || entry.decision == .deny)
        && (operation == nil || entry.operation == operation)
      if isWanted { entries.append(entry) }
      // Keeps no more than twice of what is shown.
      if let limit, entries.count > 2 * max(limit, 1) {
        entries.removeFirst(entries.count - limit)
      }
      return true
    }
    if let limit { entries = entries.suffix(max(limit, 0)) }
    guard !json else {
      for entry in entries { TextTable.print(json: entry.json) }
      return
    }
    TextTable.print(
      ["ENTRY", "TIME", "ACTOR", "OPERATION", "DECISION", "OBJECT", "REASON"],
      entries.map { entry in
        let place = [entry.tenant, entry.object].compactMap { $0 }.joined(separator: "/")
        return [
          String(entry.sequence), entry.time.text,
          "\(entry.actor.kind.rawValue) \(entry.actor.name)",
          entry.operation, entry.decision.rawValue,
          place + (entry.version.map { "#\($0)" } ?? ""), entry.reason ?? "",
        ]
      })
  }
}

struct AuditVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that nothing was edited, removed, moved or rolled back.",
    discussion: """
      Without FILE it checks the vault's own log, with FILE an export, with --proof a proof. FILE \
      and --proof need no vault, only --key. A checkpoint that was kept elsewhere shows a log that \
      was replaced as a whole.

      Examples:
        sluice audit verify --checkpoint kept-elsewhere.note
        sluice audit verify export.jsonl --key sluice/3f9c…+ab3690b5+AQOh…
      """)

  @OptionGroup var vault: VaultOptions
  @Argument(help: "An export.") var file: String?
  @Option(help: "Check this proof.") var proof: String?
  @Option(help: ArgumentHelp("The log's public key, or a file that holds it.", valueName: "KEY"))
  var key: String?
  @Option(
    name: .customLong("checkpoint"),
    help: ArgumentHelp("A checkpoint from earlier; repeat it.", valueName: "FILE"))
  var checkpoints: [String] = []
  @Option(
    name: .customLong("witness"),
    help: ArgumentHelp("The public key of a witness; repeat it.", valueName: "KEY"))
  var witnesses: [String] = []

  func validate() throws {
    if file != nil && proof != nil { throw ValidationError("give FILE or --proof, not both") }
  }

  func run() throws {
    let key = try configuring {
      try self.key.map(Self.key) ?? vault.openForReading().auditKey()
    }
    let earlier = try checkpoints.map { path in
      do {
        return try SignedNote(parsing: Self.read(path))
      } catch let error as NoteError {
        throw LogDamage.untrusted(error)
      }
    }
    let verifier = LogVerifier(
      key: key, witnesses: try configuring { try witnesses.map(Self.key) }, earlier: earlier)
    if let proof {
      let file = try ProofFile(parsing: Self.read(proof))
      let checkpoint = try file.verify(with: verifier)
      note(
        "sluice: entry \(file.entry.sequence) is in the log of \(checkpoint.size) entries, signed "
          + "by \(checkpoint.origin)")
      print(file.entry.json.canonicalText)
      return
    }
    if let file {
      var lines = LineReader(try Descriptor.reading(path: file))
      report(try verifier.verify { try lines.next() })
      return
    }
    let opened = try vault.openForReading()
    let log = try opened.verifyLog(with: verifier)
    report(log, records: opened.isSealed ? nil : try opened.verifyRecords())
  }

  private func report(_ report: LogVerifier.Report, records: Int? = nil) {
    print("entries        \(report.range.lowerBound) to \(report.range.upperBound)")
    print("signed for     \(report.size), by \(report.signers.joined(separator: ", "))")
    if report.unsigned > 0 { print("not signed yet \(report.unsigned)") }
    if report.withheld > 0 { print("hash only      \(report.withheld)") }
    print("checkpoints    \(report.confirmed) older ones fit")
    if report.outOfReach > 0 { print("out of reach   \(report.outOfReach) checkpoints") }
    if let records { print("records        \(records) are as the log says") }
    print("intact")
  }

  private static func key(_ text: String) throws -> NoteVerifier {
    if let key = NoteVerifier(text) { return key }
    let content = String(decoding: try read(text), as: UTF8.self)
    guard let line = content.split(separator: "\n").first, let key = NoteVerifier(String(line))
    else {
      throw UsageError(
        problem: "'\(text)' is no public key of a log and no file with one",
        remedy: "'sluice audit key' prints it")
    }
    return key
  }

  private static func read(_ path: String) throws -> [UInt8] {
    var descriptor = try Descriptor.reading(path: path)
    return try descriptor.readAll(limit: 1 << 20)
  }
}

struct AuditCheckpoint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Sign the log as it is now, for keeping elsewhere.",
    discussion: "Example: sluice audit checkpoint >> /mnt/elsewhere/checkpoints")

  @OptionGroup var vault: VaultOptions

  func run() throws {
    print(try vault.openUnsealed().checkpoint(by: .person()).formatted, terminator: "")
  }
}

struct AuditProve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Write a proof that one entry is in the log.",
    discussion: "Example: sluice audit prove 17 > entry-17.tlog-proof")

  @OptionGroup var vault: VaultOptions
  @Argument(help: "The entry's number.") var entry: UInt64

  func run() throws {
    let opened = try vault.openForReading()
    try opened.recordAudit("prove", details: ["entry": String(entry)], by: .person())
    print(try opened.proof(of: entry).formatted, terminator: "")
  }
}

struct AuditKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Print the public key of the log.",
    discussion: "Example: sluice audit key > audit.pub")

  @OptionGroup var vault: VaultOptions

  func run() throws {
    print(try vault.openForReading().auditKey().text)
  }
}

struct AuditExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the log for others.",
    discussion: """
      jsonl can be checked with 'sluice audit verify FILE': of entries that were not selected it \
      holds the hash, so that nothing is left out in silence. csv and cef are for other programs.

      Example: sluice audit export --tenant acme > acme.jsonl
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case jsonl, csv, cef }

  @OptionGroup var vault: VaultOptions
  @OptionGroup var selection: AuditSelection
  @Option(help: "jsonl, csv or cef.") var format = Format.jsonl

  func run() throws {
    let isSelected = try selection.filter()
    let opened = try vault.openForReading()
    var details = selection.details
    details["format"] = format.rawValue
    try opened.recordAudit("export", details: details, by: .person())
    var output = Descriptor(borrowing: STDOUT_FILENO, named: "standard output")
    func write(_ line: [UInt8]) throws {
      let whole = line + [0x0A]
      try output.write(whole.span)
    }
    switch format {
    case .jsonl: try opened.export(where: isSelected) { try write($0) }
    case .csv, .cef:
      if format == .csv { try write(Array(AuditText.csvHeader.utf8)) }
      try opened.forEachEntry(in: 0..<(try opened.auditSize())) { entry in
        guard isSelected(entry) else { return true }
        try write(Array((format == .csv ? AuditText.csv(entry) : AuditText.cef(entry)).utf8))
        return true
      }
    }
  }
}

/// Reads lines of any length.
struct LineReader: ~Copyable {
  private var source: Descriptor
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  init(_ source: consuming Descriptor) {
    self.source = source
  }

  /// The next line without its end; nil behind the last one.
  mutating func next() throws(IOError) -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      searched = buffer.count
      if isAtEnd {
        defer { start = buffer.count }
        return start < buffer.count ? Array(buffer[start...]) : nil
      }
      if start > 0 {
        buffer.removeFirst(start)
        searched -= start
        start = 0
      }
      let before = buffer.count
      try buffer.append(addingCapacity: 64 * 1024) {
        (free: inout OutputSpan<UInt8>) throws(IOError) in
        _ = try source.read(into: &free)
      }
      isAtEnd = buffer.count == before
    }
  }
}
