internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceVault

/// A request to an AWS service, signed by Signature Version 4.
struct AWSRequest {
  var service: String
  var region: String
  var endpoint: String
  var headers: [(name: String, value: String)]
  var body: [UInt8]
  var timeout: Duration

  /// An access key: a value such as `{"accessKeyId":"…","secretAccessKey":"…"}`.
  struct Credential {
    let id: String
    let secret: SecretValue

    init(_ value: SecretValue?, _ what: String) throws(ConnectorError) {
      guard let value, let object = CredentialObject(value) else {
        throw .misconfigured(
          "the \(what) value is no JSON object with 'accessKeyId' and 'secretAccessKey'")
      }
      guard let id = object.publicText("accessKeyId"), let secret = object.secret("secretAccessKey")
      else {
        throw .misconfigured("the \(what) value has no 'accessKeyId' or no 'secretAccessKey'")
      }
      self.id = id
      self.secret = secret
    }
  }

  /// `application/x-www-form-urlencoded` of IAM and STS.
  static func form(_ parameters: [(String, String)]) -> [UInt8] {
    Array(
      parameters.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&").utf8)
  }

  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        String(UnicodeScalar(byte))
      default: "%" + Hexadecimal.text(of: [byte]).uppercased()
      }
    }.joined()
  }

  func send(as credential: Credential, at time: UTCTime) async throws(ConnectorError)
    -> WebCall.Answer
  {
    var call = WebCall(url: endpoint + "/", timeout: timeout)
    call.method = "POST"
    call.body = body
    call.headers = try signed(credential, time)
    return try await call.run()
  }

  /// The headers with the signature (AWS General Reference, "Signature Version 4").
  func signed(
    _ credential: Credential, _ time: UTCTime
  ) throws(ConnectorError) -> [(name: String, value: String)] {
    let digits = time.text.prefix(19).filter { $0 != "-" && $0 != ":" }
    let stamp = digits + "Z"
    let day = digits.prefix(8)
    var all = headers
    all.append(("Host", host))
    all.append(("X-Amz-Date", stamp))
    let sorted = all.map { (name: $0.name.lowercased(), value: $0.value) }
      .sorted { $0.name < $1.name }
    let names = sorted.map(\.name).joined(separator: ";")
    let canonical =
      (["POST", "/", ""] + sorted.map { "\($0.name):\($0.value)" }
      + ["", names, SHA256.digest(of: body).hex]).joined(separator: "\n")
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let text = [
      "AWS4-HMAC-SHA256", stamp, scope, SHA256.digest(of: Array(canonical.utf8)).hex,
    ].joined(separator: "\n")
    let signature: String
    do throws(CryptoError) {
      let prefix = Array("AWS4".utf8)
      let start = credential.secret.bytes.withBytes { secret in
        SecretBytes(count: prefix.count + secret.count) { output in
          for byte in prefix { output.append(byte) }
          for index in secret.indices { output.append(secret[index]) }
        }
      }
      var key = try start.withBytes { key throws(CryptoError) in
        try HMAC.digest(of: Array(day.utf8).span, key: key)
      }
      for part in [region, service, "aws4_request"] {
        key = try HMAC.digest(of: Array(part.utf8).span, key: key.bytes.span)
      }
      signature = try HMAC.digest(of: Array(text.utf8).span, key: key.bytes.span).hex
    } catch {
      throw .missing("OpenSSL has no HMAC-SHA-256", remedy: "check its configuration")
    }
    return all.filter { $0.name != "Host" } + [
      (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(credential.id)/\(scope), SignedHeaders=\(names), "
          + "Signature=\(signature)"
      )
    ]
  }

  private var host: String {
    let rest = endpoint.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
    return rest.count == 2 ? String(rest[1].drop { $0 == "/" }) : endpoint
  }
}
