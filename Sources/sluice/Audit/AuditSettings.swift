internal import SluiceRules
internal import SluiceVault
internal import Yams

/// The section `audit` of the settings: how the log is kept, and where its checkpoints are sent.
struct AuditSettings {
  let policy: AuditPolicy
  let destinations: [CheckpointDestination]

  init(_ node: Node, file: String) throws(SettingsError) {
    let top = try SettingsFields(
      node, file: file, name: "audit",
      known: ["checkpoint", "names", "retention", "space", "send"])
    var policy = AuditPolicy()
    if let node = top.node("checkpoint") {
      let fields = try SettingsFields(
        node, file: file, name: "audit.checkpoint", known: ["entries", "minutes"])
      let entries = try fields.number("entries", in: 1...1_000_000)
      let minutes = try fields.number("minutes", in: 1...525_600)
      policy.checkpointEntries = entries.map { UInt64($0) } ?? policy.checkpointEntries
      policy.checkpointSeconds = minutes.map { Int64($0) * 60 } ?? policy.checkpointSeconds
    }
    policy.names = try top.choice("names") ?? policy.names
    if let node = top.node("retention") {
      let fields = try SettingsFields(
        node, file: file, name: "audit.retention", known: ["days", "segment"])
      policy.retentionDays = try fields.number("days", in: 1...36_500).map { Int64($0) }
      guard policy.retentionDays != nil else {
        throw fields.error("audit.retention has no 'days'", at: node)
      }
      let segment = try fields.number("segment", in: 16...65_536)
      policy.segmentEntries = segment.map { UInt64($0) } ?? policy.segmentEntries
    }
    if let node = top.node("space") {
      let fields = try SettingsFields(
        node, file: file, name: "audit.space", known: ["alarmMegabytes", "refuseMegabytes"])
      policy.alarmBytes = try Self.bytes(fields, "alarmMegabytes")
      policy.refuseBytes = try Self.bytes(fields, "refuseMegabytes")
    }
    do throws(VaultError) {
      try policy.check()
    } catch {
      throw top.error(error.problem, at: node)
    }
    self.policy = policy
    destinations = try Self.destinations(top)
  }

  private static func bytes(
    _ fields: SettingsFields, _ key: String
  ) throws(SettingsError) -> UInt64? {
    try fields.number(key, in: 0...1_000_000).map { UInt64($0) * 1_000_000 }
  }

  private static func destinations(
    _ top: SettingsFields
  ) throws(SettingsError) -> [CheckpointDestination] {
    guard let send = top.node("send") else { return [] }
    guard let list = send.sequence, !list.isEmpty else {
      throw top.error("'send' in audit must be a list with at least one entry", at: send)
    }
    var destinations: [CheckpointDestination] = []
    for node in list {
      let fields = try SettingsFields(
        node, file: top.file, name: "an entry of audit.send",
        known: ["folder", "syslog", "webhook", "command", "directory"])
      let folder = try fields.text("folder").map(CheckpointDestination.folder)
      let syslog = try fields.text("syslog").map(CheckpointDestination.syslog)
      let command = try fields.texts("command").map(\.text)
      let directory = try fields.text("directory")
      var found = [folder, syslog].compactMap { $0 }
      if let text = try fields.text("webhook") {
        guard let url = WebhookURL(text) else {
          // An address may hold a secret: it is not repeated.
          throw fields.error(
            "'webhook' is no address that checkpoints can be sent to", at: fields.node("webhook"),
            "write it as https://host/path; http:// is for this machine only")
        }
        found.append(.webhook(url))
      }
      if !command.isEmpty { found.append(.command(command, directory: directory)) }
      guard found.count == 1, directory == nil || !command.isEmpty else {
        throw fields.error(
          "an entry of audit.send names one of: folder, syslog, webhook, command", at: node,
          "'directory' goes with 'command' only")
      }
      destinations += found
    }
    return destinations
  }

  /// What the settings say about the log.
  ///
  /// - Parameter named: a settings file; nil for the one of `$SLUICE_CONFIG`.
  /// - Returns: nil if there are no settings, or none about the log.
  /// - Throws: `ConfigurationError`.
  static func load(_ named: String?) throws -> AuditSettings? {
    let variable = Environment.value(of: "SLUICE_CONFIG").flatMap { $0.isEmpty ? nil : $0 }
    guard let path = named ?? variable else { return nil }
    return try configuring { try SettingsFile(Loading.text(ofFile: path), named: path).audit }
  }
}
