import SluiceRules
import Testing

@Suite("Credential score")
struct CredentialScoreTests {
  // MARK: - Keys that say all

  @Test(
    "after a strong key, what people and machines use as a password is one",
    arguments: [
      // chosen by people
      "hunter2", "p4ssw0rd!", "S3cret", "Summer2024!", "letmein123", "qwerty12345", "!@#$%^&*()",
      "Tr0ub4dor&3", "correct horse battery staple 7", "P@ssw0rd", "my dog has 3 legs", "abc!def",
      "päßwörter", "пароль", "correcthorsebatterystaple", "letmein", "postgres", "admin", "dragon",
      "summer_of_69", "admin_2024", "blue_42_fish",
      "12345678", "0000111", "1234", "$ecret99", "100%Sure", "f00.bar", "iloveyou",
      // made by machines
      "f3a9c1d07b2e48d6", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "qzxkvbjwpm",
      "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==", "kJ8+2/aB9xQz0Lm4", "$2a$10$N9qo8uLOickgx2ZMRZoMye",
      "123e4567-e89b-12d3-a456-426614174000", "sk_live_51H8xqKJ2eZv", "1//0gdKx9Yt-_aBc",
    ])
  func strong(value: String) {
    #expect(accepts(.strong, value))
  }

  @Test(
    "after a strong key, words of messages, types and names of variables are none",
    arguments: [
      "password", "incorrect", "required", "None", "true", "String", "undefined", "getPassword",
      "userPassword", "passwordInput", "db_password", "client-secret", "app.config.secret",
      "process.env.TOKEN", "args.password", "Please enter your password", "password=", "value",
      "must be at least eight characters", "required|string|min:8", "VALUE", "invalid",
      "Represents",
      "ImmutablePass", "INHERIT", "TemplateURL", "doInitialization", "Generate", " >&2;}", " >&5",
      // code of the kernel and of PostgreSQL
      "ps3_smp_message_pass", "xlog_recover_bui_commit_pass2", "MD5_PASSWD_LEN",
      "GM_GPCR_SPEED_100", "RCAR_LVDS_QUIRK_GEN3_LVEN", "fail", "done",
    ])
  func noPassword(value: String) {
    #expect(!accepts(.strong, value))
  }

  // MARK: - Keys that say less

  @Test(
    "after a key of medium strength, what a machine made is a credential",
    arguments: [
      "f3a9c1d07b2e48d6", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "d41d8cd98f00b204e9800998ecf8427e",
      "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==", "/9j4AAQSkZJRg+ABAQ=", "kJ8+2/aB9xQz0Lm4",
      "v1.0-9b1f7ac03e5d2846f07ab1c93d5e6824b09f1c7d", "sk_live_51H8xqKJ2eZv",
      "1//0gdKx9Yt-_aBc", "123e4567-e89b-12d3-a456-426614174000", "xkvbqzjwpmtrgh",
      "dGhpcyBpcyBub3QgYSBwYXRo/with+slash=", "Tr0ub4dor&3", "MySecret123!",
    ])
  func medium(value: String) {
    #expect(accepts(.medium, value))
    #expect(accepts(.strong, value))
  }

  @Test(
    "after a key of medium strength, names and numbers are none",
    arguments: [
      "my-tls-secret", "my-tls-secret1", "k8s-prod-eu1-db", "user_12345_profile", "letmein",
      "secretsmanager:GetSecretValue", "vault/kv/data/app", "v2-client-name", "X-Acme-Api-Key",
      "12345678", "1735689600", "abcdefghijklmnop", "0123456789abcdef", "ApiKeyParameter",
      "client_secret_basic", "postgres-credentials", "required-by-policy", "hunter2",
      "passwordReset", "invalid-or-expired", "ldap2-server-01", "2024-02-15-preview",
    ])
  func noToken(value: String) {
    #expect(!accepts(.medium, value))
    #expect(!accepts(.weak, value))
  }

  @Test(
    "after a weak key, only what is long and random is a credential",
    arguments: [
      ("0a1b2c3d4e5f60718293a4b5c6d7e8f9", true), ("Fx8Ey3wKOrsm1u31dVQTCIGi", true),
      ("f3a9c1d0", false), ("user:1234:v2", false), ("customer-orders-by-date", false),
    ])
  func weak(value: String, isCredential: Bool) {
    #expect(accepts(.weak, value) == isCredential)
  }

  // MARK: - Whatever the key

  @Test(
    "no key makes a credential of what says that it is something else",
    arguments: [
      // numbers with marks, dates, versions, addresses
      "2024-01-15", "2024-01-15 10:00:00", "2024-01-15T10:00:00.123Z", "10.0.0.1",
      "127.0.0.1:8080", "db.internal:5432", "localhost:6379", "1.2.3", "v1.24.3-beta.1", "1.5e-7",
      "192.168.1.0/24", "0x7ffe2a", "^3.0.0", "~> 1.2", ">=2.1.4", "user@mail.example.org",
      "ops.team@acme.test",
      // paths and addresses
      "/run/secrets/db1", "/etc/ssl/private/key2.pem", "./secrets/db1.txt", "../conf/token2",
      "~/.ssh/id_ed25519", "https://vault.acme.test/v1/secret", "file:///etc/token1",
      "C:\\keys\\id_rsa2", "s3://bucket1/key", "tls-cert2.pem",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a1",
      // digests name themselves
      "sha256:9f86d081884c7d659a2feaa0c55ad015", "sha256=9f86d081884c7d659a2feaa0c55ad015",
      "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8",
      "sha1-2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "md5:d41d8cd98f00b204e9800998ecf8427e",
      "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
      // code, references, masks
      "getToken(2)", "config[\"k3y\"]", "$db_password", "${DB_PASSWORD}", "{{ .Values.k3y }}",
      "`/bin/pwd`", "%s，密钥位：%s", "0x%016llx", "scram-sha-256", "SCRAM-SHA-256$4096:",
      "§§§§§§§§§§§§", "YYSYMBOL_YYEMPTY", "(?:[%s]+|%s)", "([{}][{}]+)|[{}]", "^[[:alnum:]-]+",
      "utf-8", "latin1",
      "(none)", "••••••••", "********", "xx-xx-xx", "op://vault/item/f1eld", "vault:kv/data/db#p4",
      "ENC[AES256_GCM,data:9x]", "!Ref Key1", "<your-k3y>", "[REDACTED:generic-token:3f9c21ab]",
      // public keys and images
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB",
      "data:image/png;base64,iVBORw0KGgo", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t",
    ])
  func never(value: String) {
    for strength in KeyStrength.allCases {
      #expect(!accepts(strength, value), "key strength \(strength)")
    }
  }

  // MARK: - What the score promises

  @Test(
    "of random values, 99.7 % score as credentials after a key of medium strength",
    arguments: [
      "${alnum:16}", "${alnum:32}", "${hex:24}", "${hex:32}", "${hex:64}", "${base64:43}=",
      "${base64url:22}", "${HEX:32}", "${base32:26}",
      "${hex:8}-${hex:4}-${hex:4}-${hex:4}-${hex:12}",
    ])
  func random(recipe: String) throws {
    let count = 5000
    var missed = 0
    for seed in 0..<UInt64(count) {
      let value = try Recipe(recipe, seed: seed).text
      if !Validator.credential(.medium).accepts(value.span) { missed += 1 }
    }
    #expect(missed * 300 <= count)
  }

  @Test("of names made of words, at most 0.5 % do")
  func names() {
    let words = [
      "user", "service", "account", "prod", "staging", "client", "server", "token", "secret", "db",
      "api", "key", "default", "system", "main", "worker", "queue", "event", "order", "billing",
      "auth", "cluster", "region", "west", "east", "team", "data", "cache", "index", "report",
    ]
    var random = SplitMix64(state: 11)
    let count = 4000
    var accepted = 0
    for _ in 0..<count {
      let separator = ["-", "_", ".", "/", ""].randomElement(using: &random) ?? "-"
      var parts = (0..<Int.random(in: 2...5, using: &random)).map { _ in
        words.randomElement(using: &random) ?? "user"
      }
      if separator.isEmpty { parts = parts.map { $0.prefix(1).uppercased() + $0.dropFirst() } }
      var name = parts.joined(separator: separator)
      if Bool.random(using: &random) { name += "\(Int.random(in: 1...99, using: &random))" }
      if accepts(.medium, name) { accepted += 1 }
    }
    #expect(accepted * 200 <= count)
  }

  private func accepts(_ strength: KeyStrength, _ value: String) -> Bool {
    let bytes = Array(value.utf8)
    return Validator.credential(strength).accepts(bytes.span)
  }
}
