@testable import SluiceRules
import Testing

@Suite("Validator")
struct ValidatorTests {
  @Test(
    "reads its spelling in a rule file and writes the same",
    arguments: [
      ("checksum", "crc32-base62", Validator.checksum(.crc32Base62)),
      ("entropy", "3.2", .entropy(3.2)), ("entropy", "8.0", .entropy(8)),
      ("checksum", "azure-common", .checksum(.azureCommon)), ("format", "jwt", .format(.jwt)),
      ("format", "private-key", .format(.privateKey)), ("structure", "jwt", .structure(.jwt)),
      ("structure", "credential", .structure(.credential)),
      ("structure", "not-placeholder", .structure(.notPlaceholder)),
      ("minimumClasses", "1", .minimumClasses(1)), ("minimumClasses", "4", .minimumClasses(4)),
    ])
  func spelling(key: String, value: String, validator: Validator) {
    #expect(Validator(key: key, value: value) == validator)
    #expect(validator.spelling == (key, value))
  }

  @Test(
    "refuses what is unknown or out of range",
    arguments: [
      ("checksum", "crc32"), ("format", "JWT"), ("format", ""), ("checksum", ""), ("entropy", "0"),
      ("entropy", "-1"),
      ("entropy", "8.1"), ("entropy", "high"), ("entropy", "nan"), ("entropy", "inf"),
      ("structure", "JWT"), ("structure", "uuid"), ("minimumClasses", "0"),
      ("minimumClasses", "5"), ("minimumClasses", "2.5"), ("length", "20"), ("", ""),
    ])
  func refusal(key: String, value: String) {
    #expect(Validator(key: key, value: value) == nil)
  }

  @Test(
    "measures Shannon entropy in bits a byte",
    arguments: [
      ("", 0.0), ("a", 0), ("aaaaaaaa", 0), ("ab", 1), ("aabb", 1), ("abcd", 2),
      ("abcdefgh", 3), ("0123456789abcdef", 4), ("aaab", 0.811278),
    ])
  func entropy(text: String, bits: Double) {
    let bytes = Array(text.utf8)
    #expect(abs(shannonEntropy(of: bytes.span) - bits) < 0.000_001)
  }

  @Test("every byte value once has 8 bits a byte")
  func greatestEntropy() {
    #expect(abs(shannonEntropy(of: Array(0...255).span) - 8) < 0.000_001)
  }

  @Test("the entropy demanded is the least that is accepted")
  func entropyLimit() {
    let text = Array("abcdefgh".utf8)
    #expect(Validator.entropy(3).accepts(text))
    #expect(Validator.entropy(2.99).accepts(text))
    #expect(!Validator.entropy(3.01).accepts(text))
  }

  @Test(
    "counts kinds of characters",
    arguments: [
      ("", 0), ("abc", 1), ("ABC", 1), ("123", 1), ("-_", 1), ("aB", 2), ("a1", 2), ("aB1", 3),
      ("aB1!", 4), ("é", 1), ("aé", 2), ("a b", 2),
    ])
  func classes(text: String, count: Int) {
    let bytes = Array(text.utf8)
    #expect(characterClasses(in: bytes.span) == count)
    for minimum in 1...4 {
      #expect(Validator.minimumClasses(minimum).accepts(bytes) == (count >= minimum))
    }
  }
}
