@testable import SluiceRules
import Testing

@Suite("Format")
struct FormatTests {
  private func insights(_ format: Format, _ text: String) -> [String: String] {
    let found = format.insights(in: Array(text.utf8).span)
    return Dictionary(uniqueKeysWithValues: found.map { ($0.kind.rawValue, $0.text) })
  }

  private func holds(_ format: Format, _ text: String) -> Bool {
    Validator.format(format).accepts(Array(text.utf8))
  }

  // MARK: - Tokens

  /// The claims of RFC 7519 §3.1.
  private static let claims =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
    + "cnVlfQ"

  @Test("reads the signed token of RFC 7519")
  func signedToken() {
    let token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + Self.claims
      + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    #expect(holds(.jwt, token))
    #expect(!holds(.unsignedJWT, token))
    #expect(
      insights(.jwt, token) == [
        "algorithm": "HS256", "issuer": "joe", "expires": "2011-03-22T18:43:00Z",
      ])
    #expect(holds(.jwt, "ghs_15368_" + token))
  }

  @Test("reads the unsecured token of RFC 7519")
  func unsignedToken() {
    let token = "eyJhbGciOiJub25lIn0." + Self.claims + "."
    #expect(holds(.jwt, token))
    #expect(holds(.unsignedJWT, token))
    #expect(insights(.unsignedJWT, token)["algorithm"] == "none")
  }

  @Test("reads the header of an encrypted token as in RFC 7516")
  func encryptedToken() {
    let token =
      "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZ"
      + ".48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9.XFBoMYUZodetZdvTiFvSkQ"
    #expect(holds(.jwt, token))
    #expect(insights(.jwt, token) == ["algorithm": "RSA-OAEP"])
  }

  @Test(
    "refuses what only looks like a token",
    arguments: [
      "", "eyJ", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.e30", "eyJhbGciOiJIUzI1NiJ9.e30.",
      "eyJhbGciOiJIUzI1NiJ9.e3.c2ln", "eyJ0eXAiOiJKV1QifQ.e30.c2ln", "e30.e30.c2ln",
      "eyJhbGciOiJIUzI1NiI.e30.c2ln", "eyJhbGciOjF9.e30.c2ln", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln.c2ln",
      "eyJhbGciOiJIUzI1NiJ9.W10.c2ln", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0.e30.c2ln",
    ])
  func noToken(text: String) {
    #expect(!holds(.jwt, text))
    #expect(insights(.jwt, text).isEmpty)
  }

  @Test("names no issuer that may hold a credential (G3)")
  func unsafeIssuer() throws {
    let claims = try Recipe(#"${b64json:{"iss":"https://a:b@c.test","exp":"x","iat":1}}"#, seed: 0)
    let token = "eyJhbGciOiJIUzI1NiJ9." + String(decoding: claims.text, as: UTF8.self) + ".c2ln"
    #expect(
      insights(.jwt, token) == ["algorithm": "HS256", "issued": "1970-01-01T00:00:01Z"])
  }

  // MARK: - Credentials

  @Test(
    "reads user and password in base64, as in RFC 7617",
    arguments: [
      "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "dGVzdDoxMjPCow==", "dTpw", "c2tfMTo", "dTpw%3D%3D",
    ])
  func basic(text: String) { #expect(holds(.basicCredentials, text)) }

  @Test(
    "refuses base64 of something else",
    arguments: [
      "", "QWxhZGRpbg==", "authentication", "realm", "AAECAzo=", "dTpw=x", "dTpw!", "YTr/", "YTrC",
      "YTqA",
    ])
  func noBasic(text: String) { #expect(!holds(.basicCredentials, text)) }

  @Test("tells the account of an AWS access key id")
  func awsAccount() {
    #expect(insights(.awsKeyID, "ASIA" + "QNZGKIQY56JQ7WML") == ["account": "029608264753"])
    #expect(insights(.awsKeyID, "AKIA" + "IOSFODNN7EXAMPLE").isEmpty)
    #expect(holds(.awsKeyID, "AKIA" + "IOSFODNN7EXAMPLE"))
    #expect(!holds(.awsKeyID, "AKIA" + "0OSFODNN7EXAMPLE"))
  }

  @Test(
    "tells the versions of RFC 9562 apart",
    arguments: [
      ("C232AB00-9414-11EC-B3C8-9F6BDECED846", true, false),
      ("919108f7-52d1-4320-9bac-f847db4148a8", true, true),
      ("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", true, false),
      ("919108f7-52d1-4320-cbac-f847db4148a8", false, false),
      ("919108f7-52d1-0320-9bac-f847db4148a8", false, false),
      ("919108f752d143209bacf847db4148a8", false, false),
      ("919108g7-52d1-4320-9bac-f847db4148a8", false, false), ("", false, false),
    ])
  func uuids(text: String, isUUID: Bool, isRandom: Bool) {
    #expect(holds(.uuid, text) == isUUID)
    #expect(holds(.uuid4, text) == isRandom)
  }

  @Test("reads JSON in base64 after a prefix")
  func encodedObject() throws {
    let object = try Recipe(
      #"x_${b64json:{"iat":1700000000.5,"url":"https://sentry.io","org":"acme","n":[{"a":1}]}}"#,
      seed: 0)
    let text = String(decoding: object.text, as: UTF8.self)
    #expect(holds(.base64JSON, text))
    #expect(
      insights(.base64JSON, text) == [
        "issuer": "https://sentry.io", "account": "acme", "issued": "2023-11-14T22:13:20Z",
      ])
    #expect(holds(.base64JSON, text + "_c2lnbmF0dXJl"))
    #expect(!holds(.base64JSON, String(text.dropLast(8))))
    #expect(!holds(.base64JSON, "x_eyJh" + String(repeating: "A", count: 40)))
  }

  @Test("reads the key file of a service account")
  func serviceAccount() throws {
    let file = #"{"type":"service_account","project_id":"acme-1","private_key":"-${alnum:300}"}"#
    let text = String(decoding: try Recipe("${b64:\(file)}", seed: 0).text, as: UTF8.self)
    #expect(holds(.googleServiceAccount, text))
    #expect(insights(.googleServiceAccount, text) == ["account": "acme-1"])
    let user = #"{"type":"authorized_user","private_key":"-${alnum:300}"}"#
    let other = String(decoding: try Recipe("${b64:\(user)}", seed: 0).text, as: UTF8.self)
    #expect(!holds(.googleServiceAccount, other))
  }

  // MARK: - Hostile bytes

  @Test(
    "no format traps, whatever the bytes, and what is cut or changed is read the same way",
    arguments: Format.allCases, UInt64(0)..<4)
  func hostile(format: Format, seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let samples = try FormatSamples.all.map { try Recipe($0, seed: seed).text }
    for round in 0..<300 {
      var bytes = samples[round % samples.count]
      switch round % 4 {
      case 0: bytes = (0..<round).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      case 1: bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1))))
      case 2: bytes = Array(bytes.dropFirst(Int(random.next() % UInt64(bytes.count + 1))))
      default: break
      }
      for _ in 0..<3 where !bytes.isEmpty {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      let holds = format.holds(for: bytes.span)
      let insights = format.insights(in: bytes.span)
      #expect(holds || insights.isEmpty)
    }
  }

  @Test("time is linear: a megabyte of openings is refused at once", .timeLimit(.minutes(1)))
  func openings() {
    let texts = ["MIIEMIIE", "eyJhbGci", "W3t7e3t7", "LS0tLS1C", "........", "%2B%2B%2B"]
    for text in texts {
      let bytes = Array(String(repeating: text, count: 120_000).utf8)
      for format in Format.allCases { _ = format.holds(for: bytes.span) }
    }
  }
}
