internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceVault

/// Access keys of an IAM user, of which there may be two at a time.
///
/// IAM makes the key. A process that dies before the key is stored leaves one that nobody knows:
/// what was there before is noted first, so that the next attempt removes the stray key.
struct AWSAccessKeyConnector: Connector {
  static let keys = ["user", "region", "iamEndpoint", "stsEndpoint"]

  let manner = ConnectorManner()
  private let user: String
  private let region: String
  private let iam: String
  private let sts: String
  private let timeout: Duration

  init(_ fields: TargetFields, timeout: Duration) throws(ActionSettingsError) {
    user = try fields.requiredText("user")
    region = try fields.text("region") ?? "us-east-1"
    iam = try fields.text("iamEndpoint") ?? "https://iam.amazonaws.com"
    sts = try fields.text("stsEndpoint") ?? "https://sts.\(region).amazonaws.com"
    self.timeout = timeout
  }

  func draft(_ work: ConnectorWork) async throws(ConnectorError) -> Draft {
    Draft(notes: ["keysBefore": try await keyIDs(work).sorted().joined(separator: ",")])
  }

  func provision(_ work: ConnectorWork) async throws(ConnectorError) -> Provision {
    // Stored already: the key is there.
    if work.new != nil { return Provision() }
    let before = Set((work.notes["keysBefore"] ?? "").split(separator: ",").map(String.init))
    for stray in try await keyIDs(work).subtracting(before) { try await delete(stray, work) }
    let answer = try await call("CreateAccessKey", [("UserName", user)], work)
    guard let id = Self.element("AccessKeyId", in: answer),
      let secret = Self.element("SecretAccessKey", in: answer)
    else { throw .rejected("IAM's answer holds no key") }
    let text = JSONValue.object([
      .init("accessKeyId", .string(id)), .init("secretAccessKey", .string(secret)),
    ]).canonicalBytes
    return Provision(
      SecretValue(SecretBytes(copying: text.span), version: 0), notes: ["keyID": id])
  }

  func test(_ work: ConnectorWork) async throws(ConnectorError) {
    let credential = try AWSRequest.Credential(work.new, "new")
    let answer = try await send(
      "sts", sts, "GetCallerIdentity", "2011-06-15", [], as: credential)
    guard answer.status == 200 else {
      throw answer.status == 403
        ? .credentialRefused("STS answers 403") : .rejected("STS answers \(answer.status)")
    }
  }

  func revoke(_ work: ConnectorWork) async throws(ConnectorError) -> String {
    let old = try AWSRequest.Credential(work.old, "old")
    try await delete(old.id, work)
    return "access key \(old.id.prefix(8))… is deleted"
  }

  func undo(_ work: ConnectorWork) async throws(ConnectorError) {
    let before = Set((work.notes["keysBefore"] ?? "").split(separator: ",").map(String.init))
    for stray in try await keyIDs(work).subtracting(before) { try await delete(stray, work) }
  }

  // MARK: - IAM

  private func keyIDs(_ work: ConnectorWork) async throws(ConnectorError) -> Set<String> {
    let answer = try await call("ListAccessKeys", [("UserName", user)], work)
    return Set(Self.elements("AccessKeyId", in: answer))
  }

  /// Switches a key off, then deletes it: off is what counts, and may be enough.
  private func delete(_ id: String, _ work: ConnectorWork) async throws(ConnectorError) {
    do throws(ConnectorError) {
      _ = try await call(
        "UpdateAccessKey", [("UserName", user), ("AccessKeyId", id), ("Status", "Inactive")], work)
      _ = try await call("DeleteAccessKey", [("UserName", user), ("AccessKeyId", id)], work)
    } catch .rejected(let text) where text.contains("NoSuchEntity") {
      // It is gone already.
    }
  }

  private func call(
    _ action: String, _ parameters: [(String, String)], _ work: ConnectorWork
  ) async throws(ConnectorError) -> String {
    // A user may be allowed to change its own keys; then there is no other administrator.
    let credential = try AWSRequest.Credential(
      work.admin ?? work.old, work.admin == nil ? "old" : "admin")
    let answer = try await send(
      "iam", iam, action, "2010-05-08", parameters, as: credential)
    guard answer.status != 200 else { return answer.text }
    let code = Self.element("Code", in: answer.text) ?? "status \(answer.status)"
    throw answer.status == 403 ? .adminRefused(code) : .rejected("\(action): \(code)")
  }

  private func send(
    _ service: String, _ endpoint: String, _ action: String, _ version: String,
    _ parameters: [(String, String)], as credential: AWSRequest.Credential
  ) async throws(ConnectorError) -> WebCall.Answer {
    let request = AWSRequest(
      service: service, region: service == "iam" ? "us-east-1" : region, endpoint: endpoint,
      headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
      body: AWSRequest.form([("Action", action), ("Version", version)] + parameters),
      timeout: timeout)
    return try await request.send(as: credential, at: Vault.systemClock())
  }

  /// The texts of an element that has no children and no attributes, and whose text needs no
  /// escapes: identifiers, keys and error codes of IAM.
  static func elements(_ name: String, in xml: String) -> [String] {
    xml.split(separator: "<\(name)>", omittingEmptySubsequences: false).dropFirst().compactMap {
      guard let end = $0.firstRange(of: "</\(name)>") else { return nil }
      let text = $0[..<end.lowerBound]
      return text.contains("<") || text.contains("&") ? nil : String(text)
    }
  }

  static func element(_ name: String, in xml: String) -> String? {
    elements(name, in: xml).first
  }
}
