import SluiceRules
import Testing

@Suite("Structure")
struct StructureTests {
  // MARK: - JWT

  @Test(
    "a JOSE header is a JSON object with alg",
    arguments: [
      // {"alg":"HS256","typ":"JWT"}, alone and with what follows
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2ln",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
      // { "alg" : "none" }
      "eyAiYWxnIiA6ICJub25lIiB9.e30.",
      // {"enc":"A256GCM","alg":"dir"}, an encrypted token with an empty key
      "eyJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiZGlyIn0..aXY.Y2lwaGVy.dGFn",
      // {"b64":false,"crit":["b64"],"alg":"EdDSA"}
      "eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFZERTQSJ9.e30.c2ln",
    ])
  func header(token: String) {
    #expect(accepts(.jwt, token))
  }

  @Test(
    "anything else is no JOSE header",
    arguments: [
      "", ".", "eyJ", "eyJhbGciOiJIUzI1NiI",
      // {"typ":"JWT"}
      "eyJ0eXAiOiJKV1QifQ.e30.c2ln",
      // ["alg"]
      "WyJhbGciXQ.e30.c2ln",
      // {"alg":"x", not closed
      "eyJhbGciOiJ4Ig.e30.c2ln",
      // {"algo":"x"}
      "eyJhbGdvIjoieCJ9.e30.c2ln",
      // not base64url
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9=.e30.c2ln",
      "eyJhbGciOiJIUzI1NiIs InR5cCI6IkpXVCJ9.e30.c2ln",
      // {"typ":"alg"}, {"x":{"alg":"none"}}, {"x":["alg"]}
      "eyJ0eXAiOiJhbGcifQ.e30.c2ln", "eyJ4Ijp7ImFsZyI6Im5vbmUifX0.e30.c2ln",
      "eyJ4IjpbImFsZyJdfQ.e30.c2ln",
      "not.a.token", "com.example.app", "ZXlKaGJHY2lPaUpJVXpJMU5pSjk.e30.c2ln",
    ])
  func noHeader(token: String) {
    #expect(!accepts(.jwt, token))
  }

  // MARK: - Placeholders

  private static let placeholders = [
    "", "x", "aaaaaaaaaaaa", "0000000000000000", "************", "------------",
    "${DB_PASSWORD}", "$(cat /run/secrets/db)", "{{ .Values.password }}", "{{db_password}}",
    "#{ENV['TOKEN']}", "<%= password %>", "@@PASSWORD@@", "$DB_PASSWORD", "$TOKEN_2", "<token>",
    "<your API key>", "%DB_PASSWORD%", "[password]", "[REDACTED]", "[REDACTED:github-pat]",
    "changeme", "ChangeMe123", "change_me", "change-me", "example", "EXAMPLEKEY",
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "placeholder",
    "your_password", "YOUR-API-KEY", "your_token_here", "yourpassword", "dummy-token-123",
    "xxxxxxxx", "XXXX-XXXX", "sk-xxxxxxxxxxxx", "ghp_xxxxxxxxxxxxxxxxxxxx", "sk-....wxyz",
    "abc****xyz", "abc....xyz", "insert_token_here", "replace_me", "REPLACEME", "not_set",
    "undefined", "redacted", "***masked***", "••••••••", "(none)", "$db_password", "!Ref ApiKey",
    "op://vault/item/field", "<%= token %>", "AAAAAAAA",
  ]

  @Test("knows what people write where a secret will stand", arguments: placeholders)
  func placeholder(value: String) {
    #expect(!accepts(.notPlaceholder, value))
    #expect(!accepts(.credential, value))
  }

  @Test(
    "takes no secret for a placeholder",
    arguments: [
      "hunter2", "p4ssw0rd!", "correct horse battery staple", "Metodologia2024!", "$ecret99",
      "$2a$10$abcdefghijklmnopqrstuv", "<3myDog2019", "100%Sure", "a$HOME", "{curly}7",
      "xXxDragonxXx7", "#1Winner", "[half", "%41bc", "aaaaaaab", "x.y.z...w",
    ])
  func noPlaceholder(value: String) {
    #expect(accepts(.notPlaceholder, value))
  }

  private func accepts(_ structure: Structure, _ value: String) -> Bool {
    let bytes = Array(value.utf8)
    return Validator.structure(structure).accepts(bytes.span)
  }
}
