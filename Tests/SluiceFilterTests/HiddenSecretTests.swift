import Foundation
import SluiceBuiltins
import SluiceFilter
import SluiceRules
import SluiceScan
import TestSupport
import Testing

/// The places where production hides secrets, each as its program writes it.
@Suite("What hides secrets")
struct HiddenSecretTests {
  private static let rules: CompiledRules = {
    do {
      return try CompiledRules(RuleSet(BuiltinRules.all()))
    } catch {
      preconditionFailure("the built-in rules do not compile: \(error)")
    }
  }()

  private static func made(_ recipe: String, seed: UInt64) -> String {
    do {
      return String(decoding: try Recipe(recipe, seed: seed).text, as: UTF8.self)
    } catch {
      preconditionFailure("a recipe of the tests is wrong: \(error)")
    }
  }

  private static let token = made("ghp_${alnum:30}${check:crc32-base62}", seed: 11)
  private static let password = made("${alnum:20}", seed: 12)

  /// A text, and what must not be left of it.
  struct Place: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    let secrets: [String]
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ secrets: [String]) {
      self.name = name
      self.text = text
      self.secrets = secrets
    }
  }

  private static let places: [Place] = [
    Place(
      "Java stack trace",
      """
      Exception in thread "main" java.lang.IllegalStateException: login failed, token=\(token)
      \tat com.acme.Client.login(Client.java:42)
      Caused by: java.sql.SQLException: jdbc:postgresql://db/prod?user=app&password=\(password)
      \t... 12 more

      """, [token, password]),
    Place(
      "Python stack trace",
      """
      Traceback (most recent call last):
        File "/app/main.py", line 3, in <module>
          client = Client(api_key="\(token)")
      sqlalchemy.exc.OperationalError: postgresql://app:\(password)@db:5432/prod

      """, [token, password]),
    Place(
      "curl -v",
      """
      > GET /user HTTP/1.1
      > Authorization: Bearer \(token)\r
      < Set-Cookie: session=1\r

      """, [token]),
    Place(
      "basic authentication",
      "Authorization: Basic \(Data("deploy:\(password)".utf8).base64EncodedString())\r\n",
      [Data("deploy:\(password)".utf8).base64EncodedString()]),
    Place(
      "set -x",
      """
      + curl -H 'Authorization: token \(token)' https://api.github.com
      + export 'DB_PASSWORD=\(password)'
      ++ printf %s $'key=\(token)\\n'

      """, [token, password]),
    Place(
      "SQL", "INSERT INTO t (token) VALUES ('\(token)'); ALTER ROLE app PASSWORD '\(password)';\n",
      [token, password]),
    Place(
      "URL query",
      "GET /cb?token=\(token)&x=1 HTTP/1.1\nhttps://a.test/?password=\(password)&y=2\n",
      [token, password]),
    Place(
      "letters that are not ASCII beside it", "ключ\(token)ключ é\(token)é 🔑\(token)🔑\n", [token]),
    Place("CR LF", "a=\(token)\r\npassword=\(password)\r\n", [token, password]),
    Place(
      "XML",
      "<a token=\"\(token)\"/>\n<password>\(password)</password>\n&lt;password&gt;\(password)&lt;/password&gt;\n",
      [token, password]),
    Place(
      "colours", "\u{1B}[32m\(token)\u{1B}[0m password=\u{1B}[1m\(password)\u{1B}[0m\n",
      [token, password]),
  ]

  @Test(
    "G3: a key of several lines in UTF-16, which PowerShell writes, is masked to its last line",
    arguments: ["\n", "\r\n"], [false, true])
  func wideKey(lineEnd: String, isBigEndian: Bool) throws {
    let key = Self.made(
      "-----BEGIN RSA PRIVATE KEY-----\n${base64:64}\n${base64:64}\n${base64:40}\n"
        + "-----END RSA PRIVATE KEY-----", seed: 13)
    let written = key.replacing("\n", with: lineEnd)
    let lines = ["before", written, "password=\(Self.password)", "after"]
    func wide(_ text: some StringProtocol) -> [UInt8] {
      text.utf8.flatMap { isBigEndian ? [0, $0] : [$0, 0] }
    }
    let text = wide(lines.joined(separator: lineEnd) + lineEnd)
    let whole = redact(text, rules: Self.rules)
    for line in key.split(separator: "\n").dropFirst().dropLast() {
      #expect(whole.output.firstRange(of: wide(line)) == nil)
    }
    #expect(whole.output.firstRange(of: wide(Self.password)) == nil)
    #expect(whole.output.firstRange(of: wide("before")) != nil)
    #expect(whole.output.firstRange(of: wide("after")) != nil)
    for cut in stride(from: 1, to: text.count, by: 11) {
      let parts = redact(text, rules: Self.rules, pieces: .split(at: cut))
      #expect(parts.output == whole.output, "cut at \(cut)")
      #expect(parts.findings == whole.findings, "cut at \(cut)")
    }
  }

  @Test(
    "a mask has zeros only where all of the secret is UTF-16",
    arguments: [
      (#"password=abczzzzzC"# + "U\0j\0i\0j\0i", false),
      ("C\0U\0j\0i\0j\0i\0password=abczzzzz", false),
      ("p\0a\0s\0s\0w\0o\0r\0d\0=\0a\0b\0c\0z\0z\0z\0z\0z\0C\0U\0", true),
    ])
  func partlyWide(text: String, isWide: Bool) {
    for style in [MaskStyle.label, .fill] {
      let bytes = Array("\(text) \n".utf8)
      let output = redact(bytes, rules: Self.rules, style: style).output
      #expect(output != bytes)
      let zeros = output.count { $0 == 0 }
      #expect(isWide ? zeros > bytes.count / 3 : zeros <= bytes.count { $0 == 0 })
      // What is written as bytes is masked in bytes.
      let stars = output.firstRange(of: "**".utf8) != nil
      #expect(style == .label || stars == !isWide)
    }
  }

  @Test(
    "G3: base64 that is broken into lines hides nothing where a line ends, and still decodes",
    arguments: 0..<57, [MaskStyle.label, .fill])
  func brokenBase64(offset: Int, style: MaskStyle) throws {
    let lead = String(repeating: "x", count: 57 + offset) + " "
    let encoded = Data("\(lead)token=\(Self.token)\nend\n".utf8)
      .base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
    let json = "{\"a\":\"\(encoded.replacing("\n", with: "\\n"))\"}\n"
    for text in [encoded + "\nnext line\n", json] {
      let redaction = redact(Array(text.utf8), rules: Self.rules, style: style)
      let found = try ReportedFinding.all(in: redaction.findings)
      #expect(found.map(\.rule) == ["github-pat"], "\(offset)")
      #expect(style == .label || redaction.output.count == text.utf8.count)
      let output = String(decoding: redaction.output, as: UTF8.self)
      let parts = output.replacing("\\n", with: "\n").replacing("\nnext line", with: "")
        .split(separator: "\"")
      let body = String(try #require(parts.first { $0.count > 80 }))
      let decoded = try #require(Data(base64Encoded: body, options: .ignoreUnknownCharacters))
      let plain = String(decoding: decoded, as: UTF8.self)
      #expect(plain.hasPrefix(lead), "\(offset)")
      #expect(!plain.contains(Self.token.suffix(12)))
      #expect(plain.hasSuffix("\nend\n"), "\(offset)")
    }
  }

  @Test("G3: masked, and what stands around it stays", arguments: places)
  func masks(place: Place) {
    let output = String(
      decoding: redact(Array(place.text.utf8), rules: Self.rules).output, as: UTF8.self)
    for secret in place.secrets {
      #expect(!output.contains(secret), "\(output)")
    }
    #expect(output.split(separator: "\n").count == place.text.split(separator: "\n").count)
  }
}
