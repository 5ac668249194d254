import Foundation
import RotationSupport
import SluiceAudit
import SluiceCrypto
import Testing

@testable import SluiceActions
@testable import SluiceVault

@Suite("Connectors", .serialized)
struct ConnectorTests {
  // MARK: - Any program

  /// A target in a file: the hash of each password that it accepts, and the JSON protocol.
  private static let program = #"""
    read -r request
    field() { printf '%s' "$request" | sed -nE "s/.*\"$1\":\"([^\"]*)\".*/\1/p"; }
    hash() { printf '%s' "$1" | sha256sum | cut -c 1-64; }
    accounts=$(field file)
    case $(field operation) in
    provision)
      # Asked again after a timeout, it must not have two accounts.
      grep -q "$(hash "$(field new)")" "$accounts" || hash "$(field new)" >> "$accounts" ;;
    test)
      grep -q "$(hash "$(field new)")" "$accounts" ||
        { echo '{"ok":false,"kind":"credential-refused","problem":"unknown"}'; exit; } ;;
    revoke) old=$(hash "$(field old)"); sed -i "/$old/d" "$accounts" ;;
    undo) new=$(hash "$(field new)"); sed -i "/$new/d" "$accounts" ;;
    esac
    echo '{"ok":true,"notes":{}}'
    """#

  private func programVault(_ script: String, timeout: String = "10s") throws -> (
    ActionsVault, file: String
  ) {
    let file = "/tmp/sluice-accounts-\(UUID().uuidString)"
    try Data().write(to: URL(filePath: file))
    let target = JSONValue.object([
      .init("connector", .string("program")),
      .init("command", .array([.string("/bin/sh"), .string("-c"), .string(script)])),
      .init("settings", .texts(["file": file])), .init("timeout", .string(timeout)),
    ])
    return (try ActionsVault(target: target, value: "first-value"), file)
  }

  private func hash(_ text: String) -> String { SHA256.digest(of: Array(text.utf8)).hex }

  @Test("a program: the new value is put in place and tested, the old one taken away")
  func programRotates() async throws {
    let (scene, file) = try programVault(Self.program)
    defer { try? FileManager.default.removeItem(atPath: file) }
    for _ in 0..<2 {
      #expect(try await scene.rotate().phase == .complete)
      let accounts = try String(contentsOfFile: file, encoding: .utf8)
      #expect(accounts == hash(try scene.text()) + "\n")
    }
    #expect(try await scene.revoke().items.last?.outcome.word == "done")
    #expect(try String(contentsOfFile: file, encoding: .utf8).isEmpty)
  }

  @Test(
    "G3: a program that fails, hangs or talks nonsense ends the rotation, and repeats no value",
    arguments: [
      ("read r; exit 3", "status 3"), ("sleep 60", "in time"),
      ("read r; echo nonsense", "without a JSON object"),
      (
        #"read r; printf '{"ok":false,"problem":"bad %s"}' "$(printf '%s' "$r" | sed -E 's/.*"new":"([^"]*)".*/\1/')""#,
        "(a secret)"
      ),
    ])
  func programFails(script: String, message: String) async throws {
    // Only the one that hangs may run into the limit, however slow the machine is.
    let (scene, file) = try programVault(
      script, timeout: script.hasPrefix("sleep") ? "500ms" : "60s")
    defer { try? FileManager.default.removeItem(atPath: file) }
    let rotation = try await scene.rotate()
    #expect([.failed, .undoing].contains(rotation.phase))
    #expect(rotation.problem?.contains(message) == true, "\(rotation.problem ?? "")")
    #expect(try scene.stages.first == .current)
  }

  @Test(
    "a program that leaves its input unread does not take this process along",
    arguments: ["exit 3", "exec 0<&-; sleep 0.2; exit 3", "head -c 70000 > /dev/null; exit 3"])
  func programLeavesInput(script: String) async throws {
    // As in `sluice`.
    _ = signal(SIGPIPE, SIG_IGN)
    let call = ProgramCall(
      program: "/bin/sh", arguments: ["-c", script], timeout: .seconds(60))
    // More than a pipe holds.
    let answer = try await call.run(input: Array(repeating: 0x61, count: 1 << 20))
    #expect(answer.status == 3)
  }

  @Test("a program that is not there is named")
  func programMissing() async throws {
    let target = JSONValue.object([
      .init("connector", .string("program")), .init("command", .string("sluice-no-such-program")),
    ])
    let scene = try ActionsVault(target: target, value: "first-value")
    let rotation = try await scene.rotate()
    #expect(rotation.phase == .failed)
    #expect(rotation.problem?.contains("no program") == true)
  }

  // MARK: - People

  @Test("static: waits for somebody, takes what they give, or what they stored as pending")
  func people() async throws {
    let scene = try ActionsVault(target: .texts(["connector": "static"]), value: "first-value")
    #expect(try await scene.rotate().phase == .waiting)
    #expect(try await scene.rotate().phase == .waiting)
    #expect(try await scene.rotate(value: "second-value").phase == .complete)
    #expect(try scene.text() == "second-value")
    #expect(try await scene.rotate().phase == .waiting)
    try scene.put("third-value", at: scene.path.text, isPending: true)
    #expect(try await scene.rotate().phase == .complete)
    #expect(try scene.text() == "third-value")
    #expect(try scene.stages == [.retired, .retired, .current])
  }

  // MARK: - Redis

  @Test(
    "Redis: both passwords work while one replaces the other",
    .enabled(if: isAvailable(LocalService.isInstalled("redis-server"), "redis-server")))
  func redis() async throws {
    let service = try LocalService(
      "redis-server",
      [
        "--port", "%PORT%", "--bind", "127.0.0.1", "--save", "", "--requirepass", "admin-password",
        "--user", "app", "on", ">first-password", "+@all", "~*",
      ])
    defer { withExtendedLifetime(service) {} }
    let target = JSONValue.texts([
      "connector": "redis", "port": String(service.port), "user": "app", "admin": "admin",
    ])
    let scene = try ActionsVault(target: target, value: "first-password", admin: "admin-password")
    func accepts(_ password: String) async throws -> Bool {
      let call = ProgramCall(
        program: "redis-cli", arguments: ["-p", String(service.port)], timeout: .seconds(10))
      let answer = try await call.run(input: Array("AUTH app \"\(password)\"\n".utf8))
      return String(decoding: answer.output, as: UTF8.self).hasPrefix("OK")
    }
    #expect(try await accepts("first-password"))
    let rotation = try await scene.rotate()
    #expect(rotation.phase == .complete, "\(rotation.problem ?? "")")
    #expect(try await accepts(scene.text()))
    #expect(try await !accepts("first-password"))
    #expect(try await scene.revoke().items.last?.outcome.word == "done")
    #expect(try await !accepts(scene.text(2)))
    try scene.put("wrong", at: "admin")
    let refused = try await scene.rotate()
    #expect(refused.phase == .failed)
    #expect(refused.problem?.contains("administrator's credential") == true)
  }

  // MARK: - AWS

  @Test("Signature Version 4 signs as the published suite does")
  func signature() throws {
    let text = Array(
      #"{"accessKeyId":"AKIDEXAMPLE","secretAccessKey":"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}"#
        .utf8)
    let credential = try AWSRequest.Credential(
      SecretValue(SecretBytes(copying: text.span), version: 0), "test")
    let request = AWSRequest(
      service: "service", region: "us-east-1", endpoint: "https://example.amazonaws.com",
      headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: Array("Param1=value1".utf8), timeout: .seconds(1))
    let headers = try request.signed(
      credential, try #require(UTCTime("2015-08-30T12:36:00Z")))
    #expect(
      headers.last?.value.hasSuffix(
        "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a") == true)
  }

  private static let anyone = #"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":"any"}"#

  private func aws(
    _ service: LocalService, _ action: [(String, String)]
  ) async throws -> String {
    let bytes = Array(Self.anyone.utf8)
    let credential = try AWSRequest.Credential(
      SecretValue(SecretBytes(copying: bytes.span), version: 0), "test")
    let request = AWSRequest(
      service: "iam", region: "us-east-1", endpoint: "http://127.0.0.1:\(service.port)",
      headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: AWSRequest.form(action + [("Version", "2010-05-08")]), timeout: .seconds(30))
    let answer = try await request.send(as: credential, at: Vault.systemClock())
    #expect(answer.status == 200, "\(answer.text.prefix(300))")
    return answer.text
  }

  private func key(in xml: String) throws -> String {
    let id = try #require(AWSAccessKeyConnector.element("AccessKeyId", in: xml))
    let secret = try #require(AWSAccessKeyConnector.element("SecretAccessKey", in: xml))
    return JSONValue.texts(["accessKeyId": id, "secretAccessKey": secret]).canonicalText
  }

  @Test(
    "AWS access keys: made, tested and deleted at a server that checks signatures",
    .enabled(if: isAvailable(LocalService.isInstalled("moto_server"), "moto")))
  func accessKeys() async throws {
    // The first five requests are taken from anybody, and from then on only what is signed right.
    let service = try LocalService(
      "moto_server", ["-H", "127.0.0.1", "-p", "%PORT%"],
      environment: ["INITIAL_NO_AUTH_ACTION_COUNT": "5"])
    defer { withExtendedLifetime(service) {} }
    let endpoint = "http://127.0.0.1:\(service.port)"
    for name in ["admin", "app"] {
      _ = try await aws(service, [("Action", "CreateUser"), ("UserName", name)])
    }
    _ = try await aws(
      service,
      [
        ("Action", "PutUserPolicy"), ("UserName", "admin"), ("PolicyName", "all"),
        (
          "PolicyDocument",
          #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}"#
        ),
      ])
    let admin = try key(
      in: await aws(service, [("Action", "CreateAccessKey"), ("UserName", "admin")]))
    let first = try key(
      in: await aws(service, [("Action", "CreateAccessKey"), ("UserName", "app")]))
    let target = JSONValue.texts([
      "connector": "aws-access-key", "user": "app", "admin": "admin", "iamEndpoint": endpoint,
      "stsEndpoint": endpoint, "timeout": "30s",
    ])
    let scene = try ActionsVault(target: target, value: first, admin: admin)
    let rotation = try await scene.rotate()
    #expect(rotation.phase == .complete, "\(rotation.problem ?? "")")
    #expect(try scene.text() != first)
    #expect(try scene.stages == [.retired, .current])
    try scene.put(
      #"{"accessKeyId":"\#(UUID().uuidString)","secretAccessKey":"wrong"}"#, at: "admin")
    let refused = try await scene.rotate()
    #expect(refused.phase == .failed)
    #expect(refused.problem?.contains("administrator's credential") == true)
  }

  @Test(
    "AWS Secrets Manager hands out the new value as AWSCURRENT",
    .enabled(if: isAvailable(LocalService.isInstalled("moto_server"), "moto")))
  func secretsManager() async throws {
    let service = try LocalService("moto_server", ["-H", "127.0.0.1", "-p", "%PORT%"])
    defer { withExtendedLifetime(service) {} }
    let endpoint = "http://127.0.0.1:\(service.port)"
    func call(_ operation: String, _ body: JSONValue) async throws -> JSONValue {
      let bytes = Array(Self.anyone.utf8)
      let request = AWSRequest(
        service: "secretsmanager", region: "us-east-1", endpoint: endpoint,
        headers: [
          ("Content-Type", "application/x-amz-json-1.1"),
          ("X-Amz-Target", "secretsmanager.\(operation)"),
        ], body: body.canonicalBytes, timeout: .seconds(30))
      let answer = try await request.send(
        as: AWSRequest.Credential(
          SecretValue(SecretBytes(copying: bytes.span), version: 0), "test"),
        at: Vault.systemClock())
      return try JSONValue(parsing: answer.body)
    }
    _ = try await call(
      "CreateSecret", .texts(["Name": "app", "SecretString": "first-value"]))
    let target = JSONValue.texts([
      "connector": "aws-secrets-manager", "secretId": "app", "admin": "admin",
      "endpoint": endpoint, "timeout": "30s",
    ])
    let scene = try ActionsVault(target: target, value: "first-value", admin: Self.anyone)
    for _ in 0..<2 {
      let rotation = try await scene.rotate()
      #expect(rotation.phase == .complete, "\(rotation.problem ?? "")")
      let current = try await call(
        "GetSecretValue", .texts(["SecretId": "app", "VersionStage": "AWSCURRENT"]))
      #expect(current["SecretString"]?.text == (try scene.text()))
    }
  }

  // MARK: - HTTP

  /// A service that makes tokens: POST /tokens, GET /me, DELETE /tokens/ID.
  private static let service = #"""
    import http.server, json, secrets, sys
    tokens = {}
    class Handler(http.server.BaseHTTPRequestHandler):
      def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
      def bearer(self):
        return self.headers.get("Authorization", "").removeprefix("Bearer ")
      def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.bearer() != 'admin "token"': return self.answer(401, {})
        name, token = secrets.token_hex(4), secrets.token_hex(16)
        tokens[name] = token
        self.answer(201, {"token": {"id": name, "value": token, "for": body["for"]}})
      def do_GET(self):
        self.answer(200 if self.bearer() in tokens.values() else 401, {})
      def do_DELETE(self):
        if self.bearer() != 'admin "token"': return self.answer(401, {})
        self.answer(200 if tokens.pop(self.path.split("/")[-1], None) else 404, {})
      def log_message(self, *arguments): pass
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """#

  @Test(
    "HTTP: a template makes, tests and revokes tokens of a service",
    .enabled(if: isAvailable(LocalService.isInstalled("python3"), "python3")))
  func http() async throws {
    let service = try LocalService("python3", ["-c", Self.service, "%PORT%"])
    defer { withExtendedLifetime(service) {} }
    let admin = JSONValue.texts(["Authorization": "Bearer {{admin}}"])
    let target = JSONValue.object([
      .init("connector", .string("http")), .init("admin", .string("admin")),
      .init("url", .string("http://127.0.0.1:\(service.port)")),
      .init(
        "create",
        .object([
          .init("path", .string("/tokens")), .init("headers", admin),
          .init("body", .string(#"{"for":"{{id|json}}"}"#)), .init("status", .string("201")),
          .init("value", .string("$.token.value")), .init("notes", .texts(["id": "$.token.id"])),
        ])),
      .init(
        "test",
        .object([
          .init("method", .string("GET")), .init("path", .string("/me")),
          .init("headers", .texts(["Authorization": "Bearer {{new}}"])),
        ])),
      .init(
        "revoke",
        .object([
          .init("method", .string("DELETE")), .init("path", .string("/tokens/{{note.id}}")),
          .init("headers", admin), .init("status", .array([.string("200"), .string("404")])),
        ])),
    ])
    let scene = try ActionsVault(target: target, value: "first", admin: #"admin "token""#)
    // The first value was not made by a rotation: nobody knows its identifier at the service.
    let first = try await scene.rotate()
    #expect(first.phase == .revoking)
    #expect(first.problem?.contains("note.id") == true, "\(first.problem ?? "")")
    let rotator = Rotator(vault: scene.vault, by: try Requester(.operator("tester")))
    let ended = try await rotator.resume(scene.path, of: scene.tenant, isRevokedByHand: true)
    #expect(ended.phase == .complete)
    func status(_ version: UInt64) async throws -> Int {
      try await WebCall(
        url: "http://127.0.0.1:\(service.port)/me",
        headers: [("Authorization", "Bearer \(scene.text(version))")], timeout: .seconds(10)
      ).run().status
    }
    #expect(try await status(2) == 200)
    #expect(try await scene.rotate().phase == .complete)
    #expect(try await status(2) == 401)
    #expect(try await status(3) == 200)
  }
}
