internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceVault

/// Passwords of Redis ACL users, of which a user may have several at a time.
///
/// Redis' own client does the talking, TLS and all; commands and answers go through pipes. To set a
/// password only its SHA-256 hash travels.
struct RedisConnector: Connector {
  static let keys = [
    "host", "port", "socket", "tls", "caFile", "adminUser", "user", "length", "save",
  ]

  private let place: [String]
  private let adminUser: String
  private let user: String
  private let length: Int
  private let save: String?
  private let timeout: Duration

  let manner = ConnectorManner()

  init(_ fields: TargetFields, timeout: Duration) throws(ActionSettingsError) {
    var place: [String] = []
    if let socket = try fields.text("socket") {
      place = ["-s", socket]
    } else {
      place = [
        "-h", try fields.text("host") ?? "127.0.0.1", "-p",
        String(try fields.number("port", in: 1...65_535) ?? 6379),
      ]
    }
    if try fields.isSet("tls") ?? false { place.append("--tls") }
    if let file = try fields.text("caFile") { place += ["--cacert", file] }
    self.place = place
    adminUser = try fields.text("adminUser") ?? "default"
    user = try fields.requiredText("user")
    guard user.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x27 }) else {
      throw fields.error("user", "a name without spaces and quotes")
    }
    length = Int(try fields.number("length", in: 16...128) ?? 32)
    switch try fields.text("save") {
    case nil: save = nil
    case "acl": save = "ACL SAVE"
    case "rewrite": save = "CONFIG REWRITE"
    default: throw fields.error("save", "acl or rewrite")
    }
    self.timeout = timeout
  }

  func draft(_ work: ConnectorWork) async throws(ConnectorError) -> Draft {
    Draft(try GeneratedPassword.make(length: length))
  }

  func provision(_ work: ConnectorWork) async throws(ConnectorError) -> Provision {
    try await asAdmin(work, ["ACL SETUSER \(user) on #\(try hash(work.new, "new"))"])
    return Provision()
  }

  func test(_ work: ConnectorWork) async throws(ConnectorError) {
    guard let new = work.new else { throw .misconfigured("there is no new value") }
    let answers = try await talk([Self.login(user, new), "PING"])
    guard answers.last == "PONG" else {
      throw answers.first?.hasPrefix("WRONGPASS") == true
        ? .credentialRefused("WRONGPASS") : .rejected(Self.problem(answers))
    }
  }

  func revoke(_ work: ConnectorWork) async throws(ConnectorError) -> String {
    try await remove(try hash(work.old, "old"), work)
    return "user \(user) has lost this password"
  }

  func undo(_ work: ConnectorWork) async throws(ConnectorError) {
    try await remove(try hash(work.new, "new"), work)
  }

  private func remove(_ hash: String, _ work: ConnectorWork) async throws(ConnectorError) {
    do throws(ConnectorError) {
      try await asAdmin(work, ["ACL SETUSER \(user) !\(hash)"])
    } catch .rejected(let text) where text.contains("does not exist") {
      // It is gone already.
    }
    if work.isEmergency { try await asAdmin(work, ["CLIENT KILL USER \(user)"]) }
  }

  private func hash(_ value: SecretValue?, _ what: String) throws(ConnectorError) -> String {
    guard let value else { throw .misconfigured("there is no \(what) value") }
    return value.bytes.withBytes { SHA256.digest(of: $0).hex }
  }

  private func asAdmin(_ work: ConnectorWork, _ commands: [String]) async throws(ConnectorError) {
    let login = work.admin.map { [Self.login(adminUser, $0)] } ?? []
    let answers = try await talk(login + commands + (save.map { [$0] } ?? []))
    if let first = answers.first, first.hasPrefix("WRONGPASS") || first.hasPrefix("NOAUTH") {
      throw .adminRefused(String(first.prefix(100)))
    }
    if answers.contains(where: { $0.hasPrefix("NOPERM") }) {
      throw .adminRefused("the administrator may not change users")
    }
    guard answers.count >= login.count + commands.count,
      answers.allSatisfy({ $0 == "OK" || Int($0) != nil })
    else { throw .rejected(Self.problem(answers)) }
  }

  private static func problem(_ answers: [String]) -> String {
    // An answer may repeat a modifier, which holds a hash; cut it out.
    let text = answers.first { $0 != "OK" && Int($0) == nil } ?? "no answer"
    return text.split(separator: " ").filter { $0.utf8.count < 40 }.joined(separator: " ")
  }

  private static func login(_ user: String, _ password: SecretValue) -> String {
    let quoted = SecretText.bytes(password).map { byte in
      switch byte {
      case 0x22: "\\\""
      case 0x5C: "\\\\"
      case 0x20...0x7E: String(UnicodeScalar(byte))
      default: "\\x" + Hexadecimal.text(of: [byte])
      }
    }.joined()
    return "AUTH \(user) \"\(quoted)\""
  }

  /// - Returns: a line for each answer.
  private func talk(_ commands: [String]) async throws(ConnectorError) -> [String] {
    let call = ProgramCall(program: "redis-cli", arguments: place, timeout: timeout)
    let answer: ProgramCall.Answer
    do throws(ConnectorError) {
      answer = try await call.run(input: Array((commands.joined(separator: "\n") + "\n").utf8))
    } catch .missing(let what, _) {
      throw .missing(
        what, remedy: "install Redis' client; on Debian and Ubuntu: apt-get install redis-tools")
    }
    let lines = String(decoding: answer.output, as: UTF8.self).split(separator: "\n")
      .map(String.init)
    guard let first = lines.first, !first.hasPrefix("Could not connect") else {
      throw .unreachable("redis-cli gets no connection")
    }
    return lines
  }
}
