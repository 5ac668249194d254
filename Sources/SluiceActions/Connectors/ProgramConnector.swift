internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceVault

/// Any program, by a JSON object on its standard input and one on its standard output.
///
/// `Rotation.md` documents the objects. One run is one operation.
struct ProgramConnector: Connector {
  static let keys = ["command", "settings", "makesValue", "replacesAtOnce", "length"]

  let manner: ConnectorManner
  private let command: [String]
  private let settings: JSONValue
  /// The program makes the value; else it is drafted here.
  private let makesValue: Bool
  private let length: Int
  private let timeout: Duration

  init(_ fields: TargetFields, timeout: Duration) throws(ActionSettingsError) {
    command = try fields.texts("command")
    guard !command.isEmpty else { throw fields.error("command", "a program and its arguments") }
    settings = fields.value("settings") ?? .object([])
    makesValue = try fields.isSet("makesValue") ?? false
    length = Int(try fields.number("length", in: 8...1024) ?? 32)
    var manner = ConnectorManner()
    manner.replacesAtOnce = try fields.isSet("replacesAtOnce") ?? false
    self.manner = manner
    self.timeout = timeout
  }

  init(command: [String], timeout: Duration) {
    self.command = command
    self.timeout = timeout
    settings = .object([])
    makesValue = false
    length = 32
    manner = ConnectorManner()
  }

  func draft(_ work: ConnectorWork) async throws(ConnectorError) -> Draft {
    guard makesValue else { return Draft(try GeneratedPassword.make(length: length)) }
    return Draft(notes: try await call("draft", work).notes)
  }

  func provision(_ work: ConnectorWork) async throws(ConnectorError) -> Provision {
    let answer = try await call("provision", work)
    guard makesValue, work.new == nil else { return Provision(notes: answer.notes) }
    guard let value = answer.value else {
      throw .rejected("the program made no value, although 'makesValue' says that it does")
    }
    return Provision(value, notes: answer.notes)
  }

  func test(_ work: ConnectorWork) async throws(ConnectorError) { _ = try await call("test", work) }

  func activate(_ work: ConnectorWork) async throws(ConnectorError) {
    _ = try await call("activate", work)
  }

  func revoke(_ work: ConnectorWork) async throws(ConnectorError) -> String {
    _ = try await call("revoke", work)
    return "taken away by the program"
  }

  func undo(_ work: ConnectorWork) async throws(ConnectorError) { _ = try await call("undo", work) }

  private struct Answer {
    var value: SecretValue?
    var notes: [String: String]
  }

  private func call(
    _ operation: String, _ work: ConnectorWork
  ) async throws(ConnectorError) -> Answer {
    let request = try request(operation, work)
    let call = ProgramCall(
      program: command[0], arguments: Array(command.dropFirst()), timeout: timeout)
    let answer = try await call.run(input: request)
    guard let json = try? JSONValue(parsing: answer.output), let isOK = json["ok"]?.isTrue else {
      throw .rejected(
        "the program ended with status \(answer.status.map(String.init) ?? "of a signal") and "
          + "without a JSON object that says whether it is 'ok'")
    }
    guard isOK else { throw error(json, work) }
    let value = json["value"]?.text.map { text in
      let bytes = Array(text.utf8)
      return SecretValue(SecretBytes(copying: bytes.span), version: 0)
    }
    return Answer(value: value, notes: [String: String](members: json["notes"]))
  }

  private func error(_ json: JSONValue, _ work: ConnectorWork) -> ConnectorError {
    // A program that repeats a value must not get it into our messages.
    var text = json["problem"]?.text ?? "the program gave no reason"
    for secret in [work.admin, work.old, work.new] {
      guard let secret, secret.bytes.count > 3 else { continue }
      text = text.replacing(SecretText.string(secret), with: "(a secret)")
    }
    text = String(text.prefix(300))
    switch json["kind"]?.text {
    case "unreachable": return .unreachable(text)
    case "admin-refused": return .adminRefused(text)
    case "credential-refused": return .credentialRefused(text)
    case "timed-out": return .timedOut(text)
    default: return .rejected(text)
    }
  }

  private func request(
    _ operation: String, _ work: ConnectorWork
  ) throws(ConnectorError) -> [UInt8] {
    var members: [JSONValue.Member] = [
      .init("v", .integer(1)), .init("operation", .string(operation)),
      .init("tenant", .string(work.tenant.text)), .init("path", .string(work.path.text)),
      .init("id", .string(work.id)), .init("settings", settings),
      .init("notes", work.notes.json), .init("oldNotes", work.oldNotes.json),
      .init("emergency", .bool(work.isEmergency)),
    ]
    for (name, value) in [("admin", work.admin), ("old", work.old), ("new", work.new)] {
      guard let value else { continue }
      guard let text = SecretText.utf8(value) else {
        throw .misconfigured("the \(name) value is no UTF-8 text, which a program cannot be given")
      }
      members.append(.init(name, .string(text)))
    }
    return JSONValue.object(members).canonicalBytes + [UInt8(ascii: "\n")]
  }
}
