@testable import SluiceCrypto
import Testing

@Suite("Text forms of bytes")
struct TextFormTests {
  /// RFC 4648 §10.
  @Test(
    "Base64 gives the vectors of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(bytes: String, text: String) {
    #expect(Base64.text(of: Array(bytes.utf8)) == text)
    #expect(Base64.bytes(of: text) == Array(bytes.utf8))
  }

  @Test("Base64 of every length comes back", arguments: 0..<100)
  func lengths(count: Int) throws {
    let bytes = try SecureRandom.bytes(count)
    #expect(Base64.bytes(of: Base64.text(of: bytes)) == bytes)
  }

  @Test(
    "other spellings of Base64 are refused",
    arguments: ["Zg", "Zg=", "Zh==", "Zm9v\n", " Zm9v", "Zm9v====", "Zm-_", "====", "Zm9vZ"])
  func otherSpellings(text: String) {
    #expect(Base64.bytes(of: text) == nil)
  }

  @Test("hexadecimal digits of either case are read, other characters are not")
  func hexadecimal() {
    #expect(Hexadecimal.text(of: [0, 0x0F, 0xA0, 0xFF]) == "000fa0ff")
    #expect(Hexadecimal.bytes(of: "000fA0Ff") == [0, 0x0F, 0xA0, 0xFF])
    for text in ["0", "0g", "é", " 0", "0x"] { #expect(Hexadecimal.bytes(of: text) == nil) }
  }
}
