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
    "undefined", "redacted", "***masked***",
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

  // MARK: - Credentials

  @Test(
    "takes for a credential what people and machines use as one",
    arguments: [
      // chosen by people
      "hunter2", "p4ssw0rd!", "S3cret", "Summer2024!", "letmein123", "qwerty12345", "!@#$%^&*()",
      "Tr0ub4dor&3", "correct horse battery staple 7", "P@ssw0rd", "my dog has 3 legs", "abc!def",
      "päßwörter", "пароль", "correcthorsebatterystaple",
      // made by machines
      "f3a9c1d07b2e48d6", "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
      "d41d8cd98f00b204e9800998ecf8427e", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==",
      "/9j4AAQSkZJRg+ABAQ=", "kJ8+2/aB9xQz0Lm4", "v1.0-abcdef0123456789abcdef0123456789abcdef01",
      "AbCdEfGhIjKlMnOpQrStUvWxYz", "sk_live_51H8xqKJ2eZv", "1//0gdKx9Yt-_aBc",
      "dGhpcyBpcyBub3QgYSBwYXRo/with+slash=",
    ])
  func credential(value: String) {
    #expect(accepts(.credential, value))
  }

  @Test(
    "takes no word, identifier, number, path, address or label for a credential",
    arguments: [
      // words and identifiers
      "password", "incorrect", "required", "None", "true", "getPassword", "db_password",
      "client-secret", "app.config.secret", "Please enter your password",
      "my-tls-secret", "secretsmanager:GetSecretValue", "process.env.TOKEN", "vault/kv/data/app",
      // numbers, dates, versions, addresses
      "12345678", "2024-01-15", "2024-01-15 10:00:00", "10.0.0.1", "127.0.0.1:8080", "1.2.3",
      "3600", "192.168.1.0/24",
      // identifiers of machines
      "123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000",
      "00000000-0000-0000-0000-000000000000",
      // paths and addresses
      "/run/secrets/db1", "/etc/ssl/private/key2.pem", "./secrets/db1.txt", "../conf/token2",
      "~/.ssh/id_ed25519", "https://vault.acme.test/v1/secret", "file:///etc/token1",
      "C:\\keys\\id_rsa2", "s3://bucket1/key",
      // digests name themselves
      "sha256:9f86d081884c7d659a2feaa0c55ad015",
      "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8",
      "sha1-2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "md5:d41d8cd98f00b204e9800998ecf8427e",
      "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
    ])
  func noCredential(value: String) {
    #expect(!accepts(.credential, value))
  }

  private func accepts(_ structure: Structure, _ value: String) -> Bool {
    let bytes = Array(value.utf8)
    return Validator.structure(structure).accepts(bytes.span)
  }
}
