package import SluiceRules

/// What public sources say of a family of tokens: a line of `Fixtures/measure/formats.tsv`.
///
/// Nothing here comes from our rules, so that what is made from it can prove them.
package struct TokenFormat: Sendable {
  package enum Recognition: String, Sendable {
    /// A prefix or a structure tells what the token is.
    case yes
    /// Only the name of its key tells.
    case no
    /// The sources do not say.
    case unclear
  }

  package let provider: String
  package let family: String
  /// How many public sources know it.
  package let sources: Int
  package let recognition: Recognition
  /// Text with parts such as `<40 base64url>`, or several with ` | ` between them; empty if nobody
  /// states it.
  package let structure: String

  package var name: String { "\(provider): \(family)" }

  /// - Parameter table: the text of `Fixtures/measure/formats.tsv`.
  /// - Returns: the families in their order; lines that are none are left out.
  package static func all(in table: String) -> [TokenFormat] {
    table.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 5, let sources = Int(cells[2]) else { return nil }
      return TokenFormat(
        provider: cells[0], family: cells[1], sources: sources,
        recognition: Recognition(rawValue: cells[3]) ?? .unclear, structure: cells[4])
    }
  }

  /// A fake token; of a usual shape where nobody says what the vendor's is.
  package func token(_ random: inout SplitMix64) -> String {
    guard !structure.isEmpty else { return Self.usualShapes.drawn(&random).made(&random) }
    var output = ""
    var rest = structure.split(separator: " | ").drawn(&random)
    while let opening = rest.firstIndex(of: "<"), let closing = rest[opening...].firstIndex(of: ">")
    {
      output += rest[..<opening]
      output += part(String(rest[rest.index(after: opening)..<closing]), after: output, &random)
      rest = rest[rest.index(after: closing)...]
    }
    return output + rest
  }

  /// Shapes that tokens of unknown form have most often.
  static let usualShapes = [
    "${hex:32}", "${hex:40}", "${hex:64}", "${alnum:32}", "${alnum:40}", "${alnum:24}",
    "${alnum:20}", "${base64url:43}", "${hex:8}-${hex:4}-4${hex:3}-a${hex:3}-${hex:12}",
    "${alnum:64}", "${base64:43}=", "${HEX:32}",
  ]

  // MARK: - Parts

  private func part(_ text: String, after made: String, _ random: inout SplitMix64) -> String {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    if let count = count(words[0], &random) {
      return Self.characters(of: words.count == 2 ? words[1] : "", count: count, &random)
    }
    switch words[0] {
    case "UUID": return "${hex:8}-${hex:4}-4${hex:3}-a${hex:3}-${hex:12}".made(&random)
    case "JWT":
      return
        "${b64json:{\"alg\":\"RS256\",\"typ\":\"JWT\"}}.${b64json:{\"iss\":\"acme\",\"exp\":1900000000}}.${base64url:86}"
        .made(&random)
    case "CRC-32":
      let kind: Checksum = text.contains("hex") ? .atlassian : .crc32Base62
      return checked(made, by: kind)
    case "base64": return base64(text, after: made, &random)
    case "PEM": return Self.pem(text.replacing("PEM block ", with: ""), &random)
    case "PuTTY": return Self.puttyKey(&random)
    case "date,": return "99AK"
    case "checksum,": return "${alnum:4}".made(&random)
    default: preconditionFailure("'\(text)' is no part of a structure")
    }
  }

  /// `40`, or one of `27-38`.
  private func count(_ word: String, _ random: inout SplitMix64) -> Int? {
    if let count = Int(word) { return count }
    let bounds = word.split(separator: "-").compactMap { Int($0) }
    guard bounds.count == 2, word.utf8.allSatisfy({ $0 < 0x3A }) else { return nil }
    return Int.random(in: bounds[0]...bounds[1], using: &random)
  }

  private func checked(_ made: String, by checksum: Checksum) -> String {
    let body = Array(made.utf8)
    return String(decoding: checksum.characters(for: body.span) ?? [], as: UTF8.self)
  }

  private func base64(_ text: String, after made: String, _ random: inout SplitMix64) -> String {
    if text.hasPrefix("base64 of user:secret") {
      return "${b64:deploy:${alnum:16}}".made(&random)
    }
    if text == "base64 of the bot id" { return "MT${base64url:22}".made(&random) }
    // base64 of 64 bytes, "+ASt" before a Marvin32 checksum
    let mark = text.split(separator: "\"").dropFirst().first.map(String.init) ?? ""
    let bytes = text.split(separator: " ").compactMap { Int($0) }.first ?? 32
    // After the mark come 6 characters of the checksum and the padding.
    let length = (bytes * 4 + 2) / 3
    let start = (made + "${alnum:\(length - 6 - mark.utf8.count)}").made(&random) + mark
    return String(start.dropFirst(made.count)) + checked(start, by: .azure)
  }

  // MARK: - Characters

  private static func characters(
    of alphabet: String, count: Int, _ random: inout SplitMix64
  ) -> String {
    let letters = Array(Self.letters(of: alphabet))
    return String((0..<count).map { _ in letters.drawn(&random) })
  }

  private static func letters(of alphabet: String) -> String {
    let digits = "0123456789"
    let lower = "abcdefghijklmnopqrstuvwxyz"
    let upper = lower.uppercased()
    switch alphabet {
    case "base64": return digits + lower + upper + "+/"
    case "base64url": return digits + lower + upper + "-_"
    case "base64url plus . ~": return digits + lower + upper + "-_.~"
    case "base64 plus -": return digits + lower + upper + "+/-"
    case "base62 plus -": return digits + lower + upper + "-"
    case "base64 plus %", "base62 plus %": return digits + lower + upper
    case "hex lower": return digits + "abcdef"
    case "hex upper": return digits + "ABCDEF"
    case "digits": return digits
    case "A-Z0-9": return upper + digits
    case "a-z0-9": return lower + digits
    case "A-Z2-7": return upper + "234567"
    case "a-z2-7": return lower + "234567"
    case "letters A-Za-z": return lower + upper
    case "bech32 upper": return "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
    case "a-z0-9 and punctuation": return lower + digits + "!@#$%^&*(-_=+)"
    case "free text": return lower + upper + digits + "!#%*?"
    default: return digits + lower + upper
    }
  }

  // MARK: - Files

  private static func pem(_ label: String, _ random: inout SplitMix64) -> String {
    let starts = [
      "RSA PRIVATE KEY": "MIIEowIBAAKCAQEA", "EC PRIVATE KEY": "MHcCAQEEI",
      "OPENSSH PRIVATE KEY": "b3BlbnNzaC1rZXktdjEAAAAA", "PRIVATE KEY": "MIIEvQIBADANBgkqhkiG9w0B",
    ]
    let body = (starts[label] ?? "MIIFHDBOBgkqhkiG9w0BBQ0w") + "${base64:1200}".made(&random) + "=="
    var lines: [Substring] = []
    var rest = body[...]
    while !rest.isEmpty {
      lines.append(rest.prefix(64))
      rest = rest.dropFirst(64)
    }
    return "-----BEGIN \(label)-----\n\(lines.joined(separator: "\n"))\n-----END \(label)-----"
  }

  private static func puttyKey(_ random: inout SplitMix64) -> String {
    """
    PuTTY-User-Key-File-3: ssh-ed25519
    Encryption: none
    Comment: deploy
    Public-Lines: 2
    AAAAC3NzaC1lZDI1NTE5AAAAI${base64:39}
    ${base64:19}=
    Private-Lines: 1
    ${base64:43}=
    Private-MAC: ${hex:64}
    """.made(&random)
  }
}
