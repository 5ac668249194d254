internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceVault

/// An HTTP service, described by the requests that create, test and revoke a credential.
///
/// `{{new}}`, `{{old}}`, `{{admin}}`, `{{id}}` and `{{note.NAME}}` in a template stand for values;
/// `|json`, `|url` and `|base64` behind a name write them for their place.
struct HTTPConnector: Connector {
  static let keys = ["url", "create", "test", "revoke", "length"]

  let manner: ConnectorManner
  private let create: HTTPTemplate
  private let test: HTTPTemplate
  private let revoke: HTTPTemplate?
  private let length: Int
  private let timeout: Duration

  init(_ fields: TargetFields, timeout: Duration) throws(ActionSettingsError) {
    let url = try fields.requiredText("url")
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      throw fields.error("url", "an address that begins with https://")
    }
    func template(_ name: String) throws(ActionSettingsError) -> HTTPTemplate? {
      guard let json = fields.value(name) else { return nil }
      return try HTTPTemplate(json, url: url, place: "'\(name)' in \(fields.place)")
    }
    guard let create = try template("create") else { throw fields.error("create", "a request") }
    guard let test = try template("test") else { throw fields.error("test", "a request") }
    self.create = create
    self.test = test
    revoke = try template("revoke")
    length = Int(try fields.number("length", in: 8...1024) ?? 32)
    var manner = ConnectorManner()
    manner.canRevoke = revoke != nil
    self.manner = manner
    self.timeout = timeout
  }

  func draft(_ work: ConnectorWork) async throws(ConnectorError) -> Draft {
    // The service makes the value if its answer holds one.
    create.value == nil ? Draft(try GeneratedPassword.make(length: length)) : Draft()
  }

  func provision(_ work: ConnectorWork) async throws(ConnectorError) -> Provision {
    if create.value != nil && work.new != nil { return Provision() }
    let answer = try await create.send(work, notes: work.notes, timeout: timeout, isAdmin: true)
    guard let path = create.value else { return Provision(notes: create.notes(in: answer)) }
    guard let text = HTTPTemplate.find(path, in: answer)?.text, !text.isEmpty else {
      throw .rejected("the answer holds no text at \(path)")
    }
    let bytes = Array(text.utf8)
    return Provision(
      SecretValue(SecretBytes(copying: bytes.span), version: 0), notes: create.notes(in: answer))
  }

  func test(_ work: ConnectorWork) async throws(ConnectorError) {
    _ = try await test.send(work, notes: work.notes, timeout: timeout, isAdmin: false)
  }

  func revoke(_ work: ConnectorWork) async throws(ConnectorError) -> String {
    guard let revoke else { return "has to be taken away by hand" }
    _ = try await revoke.send(work, notes: work.oldNotes, timeout: timeout, isAdmin: true)
    return "the service has revoked it"
  }

  func undo(_ work: ConnectorWork) async throws(ConnectorError) {
    guard let revoke else { return }
    var reversed = work
    reversed.old = work.new
    _ = try await revoke.send(reversed, notes: work.notes, timeout: timeout, isAdmin: true)
  }
}

/// One request of a service's description.
struct HTTPTemplate: Sendable {
  private let method: String
  private let url: String
  private let headers: [(name: String, value: String)]
  private let body: String
  private let statuses: Set<Int>
  /// Where in the answer the new value is: `$.token`.
  let value: String?
  /// What to remember of the answer, by name.
  private let noted: [(name: String, path: String)]

  init(_ json: JSONValue, url: String, place: String) throws(ActionSettingsError) {
    let fields = try TargetFields(
      json, place: place,
      known: ["method", "path", "headers", "body", "status", "value", "notes"])
    method = try fields.text("method") ?? "POST"
    guard ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(method) else {
      throw fields.error("method", "GET, POST, PUT, PATCH or DELETE")
    }
    let path = try fields.requiredText("path")
    guard path.hasPrefix("/") else { throw fields.error("path", "a path that begins with /") }
    self.url = url + path
    headers = (fields.value("headers")?.members ?? []).map { ($0.name, $0.value.text ?? "") }
    body = try fields.text("body") ?? ""
    var statuses: Set<Int> = []
    for text in try fields.texts("status") {
      guard let status = Int(text), (100...599).contains(status) else {
        throw fields.error("status", "a list of statuses such as 200")
      }
      statuses.insert(status)
    }
    self.statuses = statuses.isEmpty ? [200, 201, 202, 204] : statuses
    value = try fields.text("value")
    noted = (fields.value("notes")?.members ?? []).map { ($0.name, $0.value.text ?? "") }
    for path in noted.map(\.path) + (value.map { [$0] } ?? []) {
      guard path.hasPrefix("$.") else {
        throw ActionSettingsError("paths in \(place) read like $.token or $.keys.0.id")
      }
    }
  }

  /// - Returns: the answer, `null` if it is no JSON.
  func send(
    _ work: ConnectorWork, notes: [String: String], timeout: Duration, isAdmin: Bool
  ) async throws(ConnectorError) -> JSONValue {
    var call = WebCall(url: try filled(url, work, notes), timeout: timeout)
    call.method = method
    call.headers = []
    for header in headers {
      call.headers.append((header.name, try filled(header.value, work, notes)))
    }
    call.body = Array(try filled(body, work, notes).utf8)
    let answer = try await call.run()
    guard statuses.contains(answer.status) else {
      let text = "the service answers \(answer.status)"
      guard [401, 403].contains(answer.status) else { throw .rejected(text) }
      throw isAdmin ? .adminRefused(text) : .credentialRefused(text)
    }
    return (try? JSONValue(parsing: answer.body)) ?? .null
  }

  func notes(in answer: JSONValue) -> [String: String] {
    var notes: [String: String] = [:]
    for (name, path) in noted {
      let found = Self.find(path, in: answer)
      notes[name] = found?.text ?? found?.count.map { String($0) }
    }
    return notes
  }

  /// What stands at `$.a.0.b`.
  static func find(_ path: String, in json: JSONValue) -> JSONValue? {
    path.dropFirst(2).split(separator: ".").reduce(json) { value, name in
      if let index = Int(name), let elements = value?.elements {
        return elements.indices.contains(index) ? elements[index] : nil
      }
      return value?[String(name)]
    }
  }

  private func filled(
    _ template: String, _ work: ConnectorWork, _ notes: [String: String]
  ) throws(ConnectorError) -> String {
    var text = ""
    var rest = template[...]
    while let start = rest.firstRange(of: "{{"),
      let end = rest[start.upperBound...].firstRange(of: "}}")
    {
      text += rest[..<start.lowerBound]
      let parts = rest[start.upperBound..<end.lowerBound].split(separator: "|").map(String.init)
      guard let name = parts.first, let value = try value(name, work, notes) else {
        throw .misconfigured("a template names '\(parts.first ?? "")', which is not known here")
      }
      text += try Self.written(value, as: parts.dropFirst().first)
      rest = rest[end.upperBound...]
    }
    return text + rest
  }

  private func value(
    _ name: String, _ work: ConnectorWork, _ notes: [String: String]
  ) throws(ConnectorError) -> String? {
    let secret: SecretValue? =
      switch name {
      case "new": work.new
      case "old": work.old
      case "admin": work.admin
      default: nil
      }
    if let secret {
      guard let text = SecretText.utf8(secret) else {
        throw .misconfigured("the \(name) value is no text")
      }
      return text
    }
    if name == "id" { return work.id }
    return name.hasPrefix("note.") ? notes[String(name.dropFirst(5))] : nil
  }

  private static func written(
    _ text: String, as form: String?
  ) throws(ConnectorError) -> String {
    switch form {
    case nil: return text
    case "json": return String(JSONValue.string(text).canonicalText.dropFirst().dropLast())
    case "url":
      return text.utf8.map { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
          String(UnicodeScalar(byte))
        default: "%" + Hexadecimal.text(of: [byte]).uppercased()
        }
      }.joined()
    case "base64": return Base64.text(of: Array(text.utf8))
    default: throw .misconfigured("a template asks for a form that there is not")
    }
  }
}
