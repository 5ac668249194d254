@testable import SluiceRules
import Testing

@Suite("Private key formats")
struct PrivateKeyFormatTests {
  private func insights(_ recipe: String, format: Format = .privateKey) throws -> [String: String] {
    let text = try Recipe(recipe, seed: 3).text
    #expect(Validator.format(format).accepts(text))
    let found = format.insights(in: text.span)
    return Dictionary(uniqueKeysWithValues: found.map { ($0.kind.rawValue, $0.text) })
  }

  @Test(
    "tells the kind of a private key and whether it is encrypted",
    arguments: [
      (FormatSamples.rsa1, "RSA 1024", nil), (FormatSamples.rsa8, "RSA", nil),
      (FormatSamples.ec1, "EC 256", nil), (FormatSamples.ec8, "EC", nil),
      (FormatSamples.ed25519, "Ed25519", nil), (FormatSamples.dsa, "DSA 1024", nil),
      (FormatSamples.encrypted, "PKCS #8", "passphrase"), (FormatSamples.openSSH, "Ed25519", nil),
      (FormatSamples.openSSHEncrypted, "RSA", "aes256-ctr"),
      (FormatSamples.pgp, "OpenPGP RSA", nil),
    ] as [(String, String, String?)])
  func kinds(recipe: String, key: String, encryption: String?) throws {
    let insights = try insights(recipe)
    #expect(insights["key"] == key)
    #expect(insights["encryption"] == encryption)
  }

  @Test("reads the Ed25519 key of RFC 8410")
  func published() throws {
    let text = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"
    #expect(try insights(text) == ["key": "Ed25519"])
  }

  @Test(
    "reads a key however its lines are written",
    arguments: ["\n", "\r\n", "\\n", "\\\\n", "\n    ", "\n> ", " ", "\\n\" +\n    \"", "\",\n \""])
  func lines(separator: String) throws {
    let text = String(decoding: try Recipe(FormatSamples.rsa8, seed: 1).text, as: UTF8.self)
    let lines = stride(from: 0, to: text.utf8.count, by: 16).map { start in
      String(text.dropFirst(start).prefix(16))
    }
    #expect(try insights(lines.joined(separator: separator)) == ["key": "RSA"])
  }

  @Test(
    "refuses public keys, certificates, requests and text",
    arguments: [
      // SubjectPublicKeyInfo, certificate, PKCS #7, SSH public key
      "${b64hex:30820122300d06092a864886f70d01010105000382010f${hex:200}}",
      "${b64hex:308203a13082028902140${hex:200}}0", "${b64hex:30820a0e06092a864886f70d010702a0}",
      "${b64hex:000000077373682d727361 ${hex:200}}", "${b64:just some text that is no key}", "",
      "MII",
    ])
  func others(recipe: String) throws {
    guard let text = try? Recipe(recipe, seed: 3).text else { return }
    #expect(!Validator.format(.privateKey).accepts(text))
    #expect(!Validator.format(.keyStore).accepts(text))
  }

  @Test(
    "tells key stores",
    arguments: [
      (FormatSamples.pkcs12, "PKCS #12"), (FormatSamples.pkcs12Indefinite, "PKCS #12"),
      (FormatSamples.jks, "JKS"), (FormatSamples.jceks, "JCEKS"),
    ])
  func stores(recipe: String, key: String) throws {
    #expect(try insights(recipe, format: .keyStore) == ["key": key])
    #expect(!Validator.format(.privateKey).accepts(try Recipe(recipe, seed: 3).text))
  }
}
