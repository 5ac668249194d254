internal import SluiceRules

/// Secrets that only their key tells, in every syntax that a key and a value have, and the lines in
/// every wrapping that a log puts around them: what recall is measured on while rules are written.
///
/// Deterministic: the same seed makes the same cases.
package enum KeyedSecrets {
  /// One line with one secret.
  package struct Case: Sendable {
    package let key: String
    package let syntax: String
    package let shape: String
    package let wrapping: String
    package let text: [UInt8]
    package let secret: Range<Int>
  }

  /// How a format writes text that stands inside of it.
  package enum Encoding: Sendable {
    case plain, json, jsonInJSON, jsonThrice, percent, xml, sql

    func encoded(_ text: String) -> String {
      switch self {
      case .plain: text
      case .json: Self.json(text)
      case .jsonInJSON: Self.json(Self.json(text))
      case .jsonThrice: Self.json(Self.json(Self.json(text)))
      case .percent: Self.percent(text)
      case .xml:
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      case .sql: text.replacing("'", with: "''")
      }
    }

    private static func json(_ text: String) -> String {
      text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        .replacing("\t", with: "\\t").replacing("\u{1B}", with: "\\u001b")
    }

    private static func percent(_ text: String) -> String {
      var output = ""
      for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
          output.unicodeScalars.append(Unicode.Scalar(byte))
        default:
          let digits = String(byte, radix: 16, uppercase: true)
          output += "%" + (digits.count == 1 ? "0" : "") + digits
        }
      }
      return output
    }
  }

  /// A line with `‹key›` and `‹value›`, or what stands around a line, with `‹line›`.
  struct Template: Sendable {
    let name: String
    let text: String
    let encoding: Encoding

    init(_ name: String, _ text: String, _ encoding: Encoding = .plain) {
      (self.name, self.text, self.encoding) = (name, text, encoding)
    }
  }

  // MARK: - Cases

  /// - Parameter seed: what the secrets are drawn from.
  /// - Returns: every key in every syntax, and every syntax in every wrapping, with all shapes of
  ///   values in turn.
  package static func cases(seed: UInt64) -> [Case] {
    var random = SplitMix64(state: seed)
    var cases: [Case] = []
    for syntax in syntaxes {
      for key in keys {
        for shape in shapes(under: key, in: syntax) {
          cases.append(
            line(key: key.name, syntax, shape: shape, in: wrappings[0], random: &random))
        }
      }
      for (index, wrapping) in wrappings.enumerated().dropFirst() {
        for offset in [0, 3, 7] {
          let key = keys[(index + offset) % keys.count]
          let all = shapes(under: key, in: syntax)
          cases.append(
            line(
              key: key.name, syntax, shape: all[(index * 3 + offset) % all.count], in: wrapping,
              random: &random))
        }
      }
    }
    return cases
  }

  private static func shapes(under key: Key, in syntax: Template) -> [Shape] {
    Shape.allCases.filter { shape in
      (key.isPassword ? shape.isForPasswords : shape.isForTokens)
        && (shape != .marks || quotedSyntaxes.contains(syntax.name))
    }
  }

  private static func line(
    key: String, _ syntax: Template, shape: Shape, in wrapping: Template,
    random: inout SplitMix64
  ) -> Case {
    let value = shape.value(&random)
    let parts = syntax.text.replacing("‹key›", with: key).split(
      separator: "‹value›", maxSplits: 1, omittingEmptySubsequences: false)
    let outer = wrapping.text.split(
      separator: "‹line›", maxSplits: 1, omittingEmptySubsequences: false)
    let encode = wrapping.encoding.encoded
    let before = String(outer[0]) + encode(String(parts[0]))
    let secret = encode(syntax.encoding.encoded(value))
    let text = before + secret + encode(String(parts[1])) + String(outer[1]) + "\n"
    let start = before.utf8.count
    return Case(
      key: key, syntax: syntax.name, shape: shape.rawValue, wrapping: wrapping.name,
      text: Array(text.utf8), secret: start..<start + secret.utf8.count)
  }
}

// MARK: - Shapes

extension KeyedSecrets {
  /// Forms of values.
  enum Shape: String, CaseIterable {
    case alnum24, alnum40, hex32, hex40, hex64, base64, base64url, uuid, dotted, prefixed
    case chosen, marks, lower8, digits8, pin6, phrase

    var isForTokens: Bool {
      switch self {
      case .alnum24, .alnum40, .hex32, .hex40, .hex64, .base64, .base64url, .uuid, .dotted,
        .prefixed:
        true
      default: false
      }
    }

    var isForPasswords: Bool {
      switch self {
      case .alnum24, .chosen, .marks, .lower8, .digits8, .pin6, .base64url: true
      default: false
      }
    }

    func value(_ random: inout SplitMix64) -> String {
      func draw(_ recipe: String) -> String {
        guard let made = try? Recipe(recipe, seed: random.next()) else {
          preconditionFailure("'\(recipe)' is no recipe")
        }
        return String(decoding: made.text, as: UTF8.self)
      }
      switch self {
      case .alnum24: return draw("${alnum:24}")
      case .alnum40: return draw("${alnum:40}")
      case .hex32: return draw("${hex:32}")
      case .hex40: return draw("${hex:40}")
      case .hex64: return draw("${hex:64}")
      case .base64: return draw("${base64:43}=")
      case .base64url: return draw("${base64url:43}")
      case .uuid: return draw("${hex:8}-${hex:4}-4${hex:3}-a${hex:3}-${hex:12}")
      case .dotted: return draw("${base64url:24}.${base64url:6}.${base64url:27}")
      case .prefixed: return draw("ak_live_${alnum:28}")
      case .chosen: return draw("${upper:1}${lower:5}${digit:2}!${alnum:3}")
      case .marks: return draw("${alnum:4}&${lower:2}<${digit:2}'${upper:2};${alnum:3}")
      case .lower8: return draw("${lower:9}")
      case .digits8: return draw("${digit:8}")
      case .pin6: return draw("${lower:4}${digit:2}")
      case .phrase: return draw("${lower:6} ${lower:7} ${digit:2}")
      }
    }
  }

  struct Key: Sendable {
    let name: String
    let isPassword: Bool
  }

  private static let passwordNames = [
    "password", "DB_PASSWORD", "dbPassword", "smtp_pass", "MYSQL_PWD", "admin.passwd",
    "POSTGRES_PASSWORD", "user-password", "keystorePassphrase",
  ]

  private static let tokenNames = [
    "API_KEY", "apiKey", "x-api-key", "ACCESS_TOKEN", "auth_token", "refreshToken", "BOT_TOKEN",
    "client_secret", "CLIENT_SECRET", "secretKey", "JWT_SECRET", "SECRET_KEY_BASE",
    "webhook.secret", "ENCRYPTION_KEY", "private_key", "ACME_KEY", "service-key",
    "aws_secret_access_key", "consumer_key", "signing_key_prod",
  ]

  static let keys =
    passwordNames.map { Key(name: $0, isPassword: true) }
    + tokenNames.map { Key(name: $0, isPassword: false) }
}
