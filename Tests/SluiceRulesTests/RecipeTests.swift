import SluiceRules
import Testing

@Suite("Recipe")
struct RecipeTests {
  @Test(
    "text without ingredients stays as it is",
    arguments: [
      "", "plain", "${HOME}", "$HOME", "${", "${}", "}${", "${unclosed", "{{x}}", "a\0b\r\n",
      "${:5}", "$ {alnum:5}", "é漢🔑", "${HOME} and ${USER}",
    ])
  func plainText(text: String) throws {
    let recipe = try Recipe(text, seed: 1)
    #expect(recipe.text == Array(text.utf8))
    #expect(recipe.secret == nil)
  }

  @Test(
    "draws from the alphabets of the rule format",
    arguments: [
      ("alnum", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
      ("alpha", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
      ("lower", "abcdefghijklmnopqrstuvwxyz"), ("upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
      ("digit", "0123456789"), ("hex", "0123456789abcdef"), ("HEX", "0123456789ABCDEF"),
      ("base32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
      ("base58", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
      ("bech32", "qpzry9x8gf2tvdw0s3jn54khce6mua7l"),
      ("BECH32", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
      ("base64", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"),
      ("base64url", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"),
      ("word", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"),
    ])
  func alphabet(name: String, members: String) throws {
    let drawn = try Recipe("${\(name):4000}", seed: 7).text
    #expect(drawn.count == 4000)
    // 4000 draws miss a given one of 64 characters with a probability below 10^-27.
    #expect(Set(drawn) == Set(members.utf8))
  }

  @Test("what is made depends on the seed and on nothing else", arguments: UInt64(0)..<8)
  func determinism(seed: UInt64) throws {
    let source = "k=«${alnum:20}${hex:8}»;${digit:4}"
    let first = try Recipe(source, seed: seed)
    #expect(try Recipe(source, seed: seed) == first)
    #expect(try Recipe(source, seed: seed &+ 1).text != first.text)
  }

  @Test("stays the same over releases, so that reports can name an example")
  func knownResult() throws {
    #expect(Recipe.seed(rule: "", kind: "", index: 0) == 0xEED4_1B17_E715_4A49)
    #expect(
      Recipe.seed(rule: "github-pat", kind: "example", index: 0)
        != Recipe.seed(rule: "github-pat", kind: "nonExample", index: 0))
    #expect(
      Recipe.seed(rule: "github-pat", kind: "example", index: 0)
        != Recipe.seed(rule: "github-pat", kind: "example", index: 1))
    var random = SplitMix64(state: 1_234_567)
    // The values that the authors' own code gives.
    #expect(
      (0..<5).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test(
    "marks say where the secret stands",
    arguments: [
      ("«abc»", 0..<3, "abc"), ("k=«v»", 2..<3, "k=v"), ("é=«é»;", 3..<5, "é=é;"),
      ("«»x", 0..<0, "x"), ("a«${digit:5}»b", 1..<6, nil), ("\n«x\ny»\n", 1..<4, "\nx\ny\n"),
    ] as [(String, Range<Int>, String?)])
  func marks(source: String, secret: Range<Int>, text: String?) throws {
    let recipe = try Recipe(source, seed: 3)
    #expect(recipe.secret == secret)
    if let text { #expect(recipe.text == Array(text.utf8)) }
  }

  @Test(
    "refuses marks that do not pair", arguments: ["«a", "a»", "»a«", "«a«b»", "«a»b»", "«a»«b»"])
  func brokenMarks(source: String) {
    #expect(throws: Recipe.Failure.unbalancedMarks) { try Recipe(source, seed: 0) }
  }

  @Test(
    "refuses ingredients that it does not know",
    arguments: [
      "nope:5", "alnum:", "alnum:0", "alnum:-1", "alnum:x", "check:crc32", "ALNUM:5", "alnum:5:5",
    ])
  func unknown(ingredient: String) {
    #expect(throws: Recipe.Failure.unknownIngredient(ingredient)) {
      try Recipe("a ${\(ingredient)} b", seed: 0)
    }
  }

  @Test("makes a checksum over the 30 characters before it")
  func check() throws {
    let token = try Recipe("ghp_${alnum:30}${check:crc32-base62}", seed: 5).text
    #expect(token.count == 40)
    #expect(Validator.checksum(.crc32Base62).accepts(token))
    let known = try Recipe("0123456789ABCDEFGHIJKLMNOPQRST${check:crc32-base62}", seed: 5)
    #expect(known.text.suffix(6) == Array("4PMbyp".utf8)[...])
  }

  @Test("a checksum covers what was made of its token, and no text before it")
  func checkedToken() throws {
    for source in ["k: «${alnum:30}${check:crc32-base62}»", "k=${alnum:30}${check:crc32-base62}"] {
      let text = try Recipe(source, seed: 5).text
      #expect(Validator.checksum(.crc32Base62).accepts(Array(text.suffix(36))))
    }
    let long = try Recipe("a_b «ghr_${alnum:70}${check:crc32-base62}»", seed: 5)
    let secret = try #require(long.secret)
    #expect(Validator.checksum(.crc32Base62).accepts(Array(long.text[secret])))
  }

  @Test(
    "encodes text and bytes as base64",
    arguments: [
      ("${b64:a}", "YQ=="), ("${b64:user:pass}", "dXNlcjpwYXNz"),
      ("${b64hex:fe ed FEED}", "/u3+7Q=="), ("<${b64:{\"a\":1}}>", "<eyJhIjoxfQ==>"),
    ])
  func encoded(source: String, text: String) throws {
    #expect(try Recipe(source, seed: 0).text == Array(text.utf8))
  }

  @Test("draws the random parts of what is encoded")
  func encodedRandom() throws {
    let first = try Recipe("${b64:${alnum:30}}", seed: 1).text
    #expect(first.count == 40)
    #expect(try Recipe("${b64:${alnum:30}}", seed: 2).text != first)
    #expect(throws: Recipe.Failure.unknownIngredient("b64hex:abc")) {
      try Recipe("${b64hex:abc}", seed: 0)
    }
  }

  @Test("refuses a checksum over too little")
  func nothingToCheck() {
    #expect(throws: Recipe.Failure.nothingToCheck) {
      try Recipe("${alnum:29}${check:crc32-base62}", seed: 0)
    }
  }

  @Test(
    "encodes JSON, with braces in it, as base64url",
    arguments: [
      ("{}", "e30"), (#"{"alg":"HS256","typ":"JWT"}"#, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"),
      (#"{"a":{"b":{}}}"#, "eyJhIjp7ImIiOnt9fX0"), ("a", "YQ"), ("ab", "YWI"), ("abc", "YWJj"),
      ("", ""), ("??>>", "Pz8-Pg"),
    ])
  func json(text: String, encoded: String) throws {
    let recipe = try Recipe("<${b64json:\(text)}>", seed: 0)
    #expect(recipe.text == Array("<\(encoded)>".utf8))
  }
}
