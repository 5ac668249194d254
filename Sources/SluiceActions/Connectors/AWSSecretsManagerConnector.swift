internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceVault

/// Secrets that AWS Secrets Manager hands out: the vault's new version becomes AWSCURRENT there.
struct AWSSecretsManagerConnector: Connector {
  static let keys = ["secretId", "region", "endpoint", "length"]

  let manner = ConnectorManner()
  private let secretID: String
  private let region: String
  private let endpoint: String
  private let length: Int
  private let timeout: Duration

  init(_ fields: TargetFields, timeout: Duration) throws(ActionSettingsError) {
    secretID = try fields.requiredText("secretId")
    region = try fields.text("region") ?? "us-east-1"
    endpoint = try fields.text("endpoint") ?? "https://secretsmanager.\(region).amazonaws.com"
    length = Int(try fields.number("length", in: 16...128) ?? 32)
    self.timeout = timeout
  }

  func draft(_ work: ConnectorWork) async throws(ConnectorError) -> Draft {
    let stages = try await stages(work)
    let current = stages.first { $0.value.contains("AWSCURRENT") }?.key ?? ""
    // The token names the version; a repeated request with it makes no second one.
    return Draft(
      try GeneratedPassword.make(length: length),
      notes: ["versionID": "sluice-rotation-\(work.id)-00000000", "before": current])
  }

  func provision(_ work: ConnectorWork) async throws(ConnectorError) -> Provision {
    guard let new = work.new, let text = SecretText.utf8(new) else {
      throw .misconfigured("the new value is no text")
    }
    _ = try await call(
      "PutSecretValue",
      [
        ("SecretId", .string(secretID)), ("ClientRequestToken", .string(versionID(work))),
        ("SecretString", .string(text)), ("VersionStages", .array([.string("AWSPENDING")])),
      ], work)
    return Provision()
  }

  func test(_ work: ConnectorWork) async throws(ConnectorError) {
    let json = try await call(
      "GetSecretValue",
      [("SecretId", .string(secretID)), ("VersionId", .string(versionID(work)))], work)
    guard let new = work.new, let text = json["SecretString"]?.text,
      text.utf8.elementsEqual(SecretText.bytes(new))
    else { throw .credentialRefused("Secrets Manager hands out another value") }
  }

  func activate(_ work: ConnectorWork) async throws(ConnectorError) {
    let id = versionID(work)
    let stages = try await stages(work)
    if stages[id]?.contains("AWSCURRENT") != true { try await makeCurrent(id, stages, work) }
    guard stages[id]?.contains("AWSPENDING") == true else { return }
    _ = try await call(
      "UpdateSecretVersionStage",
      [
        ("SecretId", .string(secretID)), ("VersionStage", .string("AWSPENDING")),
        ("RemoveFromVersionId", .string(id)),
      ], work)
  }

  private func makeCurrent(
    _ id: String, _ stages: [String: [String]], _ work: ConnectorWork
  ) async throws(ConnectorError) {
    var parameters: [(String, JSONValue)] = [
      ("SecretId", .string(secretID)), ("VersionStage", .string("AWSCURRENT")),
      ("MoveToVersionId", .string(id)),
    ]
    if let current = stages.first(where: { $0.value.contains("AWSCURRENT") })?.key {
      parameters.append(("RemoveFromVersionId", .string(current)))
    }
    _ = try await call("UpdateSecretVersionStage", parameters, work)
  }

  func revoke(_ work: ConnectorWork) async throws(ConnectorError) -> String {
    for (id, stages) in try await stages(work) where stages.contains("AWSPREVIOUS") {
      _ = try await call(
        "UpdateSecretVersionStage",
        [
          ("SecretId", .string(secretID)), ("VersionStage", .string("AWSPREVIOUS")),
          ("RemoveFromVersionId", .string(id)),
        ], work)
    }
    return "the former version has no stage any more"
  }

  func undo(_ work: ConnectorWork) async throws(ConnectorError) {
    let id = versionID(work)
    for stage in try await stages(work)[id] ?? [] where stage != "AWSCURRENT" {
      _ = try await call(
        "UpdateSecretVersionStage",
        [
          ("SecretId", .string(secretID)), ("VersionStage", .string(stage)),
          ("RemoveFromVersionId", .string(id)),
        ], work)
    }
  }

  private func versionID(_ work: ConnectorWork) -> String {
    work.notes["versionID"] ?? "sluice-rotation-\(work.id)-00000000"
  }

  private func stages(_ work: ConnectorWork) async throws(ConnectorError) -> [String: [String]] {
    let json = try await call("DescribeSecret", [("SecretId", .string(secretID))], work)
    var stages: [String: [String]] = [:]
    for member in json["VersionIdsToStages"]?.members ?? [] {
      stages[member.name] = (member.value.elements ?? []).compactMap(\.text)
    }
    return stages
  }

  private func call(
    _ operation: String, _ parameters: [(String, JSONValue)], _ work: ConnectorWork
  ) async throws(ConnectorError) -> JSONValue {
    let request = AWSRequest(
      service: "secretsmanager", region: region, endpoint: endpoint,
      headers: [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("X-Amz-Target", "secretsmanager.\(operation)"),
      ], body: JSONValue.object(parameters.map { .init($0.0, $0.1) }).canonicalBytes,
      timeout: timeout)
    let answer = try await request.send(
      as: try AWSRequest.Credential(work.admin, "admin"), at: Vault.systemClock())
    let json = (try? JSONValue(parsing: answer.body)) ?? .object([])
    guard answer.status != 200 else { return json }
    let code = json["__type"]?.text ?? "status \(answer.status)"
    throw [401, 403].contains(answer.status) || code.contains("AccessDenied")
      || code.contains("UnrecognizedClient")
      ? .adminRefused(code) : .rejected("\(operation): \(code)")
  }
}
