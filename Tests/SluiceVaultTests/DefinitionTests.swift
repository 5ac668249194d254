import SluiceCrypto
@testable import SluiceVault
import Testing

@Suite("Definitions with references")
struct DefinitionTests {
  private static func filled(
    _ text: String, _ syntax: DefinitionSyntax, _ value: String
  ) throws -> String {
    let template = try DefinitionTemplate(Array(text.utf8), syntax: syntax)
    let bytes = Array(value.utf8)
    let secret = SecretValue(SecretBytes(copying: bytes.span), version: 1)
    return try template.filled { _ in secret }.withBytes { bytes in
      String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
  }

  @Test(
    "a value is written as its place demands",
    arguments: [
      (DefinitionSyntax.json, #"{"a":"vault://t/p"}"#, "a\"b\\\n", #"{"a":"a\"b\\\n"}"#),
      (.json, #"{"a":"x vault://t/p#2, y"}"#, "v", #"{"a":"x v, y"}"#),
      (.json, #"{"a\"": "${vault://t/p}@h"}"#, "ä", #"{"a\"": "ä@h"}"#),
      (.yaml, "a: vault://t/p\n", "123", "a: \"123\"\n"),
      (.yaml, "a: vault://t/p # note vault://t/q\n", "x", "a: \"x\" # note vault://t/q\n"),
      (.yaml, "- 'it is vault://t/p'\n", "o'k", "- 'it is o''k'\n"),
      (.yaml, "a: don't\nb: vault://t/p\n", "\u{1}", "a: don't\nb: \"\\u0001\"\n"),
      (.yaml, "[vault://t/p,vault://t/p]", "v", "[\"v\",\"v\"]"),
      (.yaml, "a: user:${vault://t/p}@host\n", "v", "a: user:v@host\n"),
      (.toml, "a = \"vault://t/p\"\n", "\t", "a = \"\\t\"\n"),
      (.env, "A=vault://t/p\n", "plain-1", "A=plain-1\n"),
      (.env, "A=vault://t/p\n", "two words$", "A='two words$'\n"),
      (.env, "A=\"vault://t/p\"\n", "$x", "A=\"\\$x\"\n"),
      (.env, "A=1 # vault://t/p", "v", "A=1 # vault://t/p"), (.env, "", "v", ""),
    ] as [(DefinitionSyntax, String, String, String)])
  func written(syntax: DefinitionSyntax, text: String, value: String, expected: String) throws {
    #expect(try Self.filled(text, syntax, value) == expected)
  }

  @Test(
    "G3: what cannot be written is refused, with its line and without its value",
    arguments: [
      (DefinitionSyntax.json, "\n{\"a\": vault://t/p}", "secret-value"),
      (.yaml, "a: 1\nb: 'vault://t/p'", "secret\nvalue"),
      (.yaml, "a: 1\nb: x${vault://t/p}", "secret: value"),
      (.env, "\nA='vault://t/p'", "secret'value"), (.env, "\nA=vault://t/", "secret"),
      (.env, "\nA=${vault://t/p", "secret"), (.json, "\n\"vault://T/p\"", "secret"),
    ])
  func refused(syntax: DefinitionSyntax, text: String, value: String) {
    do {
      _ = try Self.filled(text, syntax, value)
      Issue.record("it was written")
    } catch let error as VaultError {
      #expect(error.problem.hasPrefix("line 2: "))
      #expect(!error.problem.contains(value))
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test("bytes that are no text are refused within quotes")
  func noText() throws {
    let template = try DefinitionTemplate(Array("\"vault://t/p\"".utf8), syntax: .json)
    for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] as [[UInt8]] {
      let value = SecretValue(SecretBytes(copying: bytes.span), version: 1)
      #expect(throws: VaultError.self) { _ = try template.filled { _ in value } }
    }
  }

  @Test(
    "the syntax is known by the name",
    arguments: [
      ("a.JSON", DefinitionSyntax.json), ("b/c.yml", .yaml), ("x.toml", .toml), (".env", .env),
      ("prod.env", .env), ("Makefile", .env),
    ])
  func syntax(name: String, expected: DefinitionSyntax) {
    #expect(DefinitionSyntax(fileName: name) == expected)
  }
}
