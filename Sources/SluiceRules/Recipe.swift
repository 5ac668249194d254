internal import SluiceRegex

/// Makes a fake secret, and the text around it, from an example of a rule file.
///
/// Examples say how to make a secret instead of holding one, so that no repository scanner and no
/// reader mistakes a test for a leak. What comes out depends only on the seed.
package struct Recipe: Sendable, Hashable {
  /// The text with everything filled in and the marks taken out.
  package let text: [UInt8]
  /// Where the secret stands in `text`; nil if the recipe marks none.
  package let secret: Range<Int>?

  /// Why a recipe cannot be followed.
  package enum Failure: Error, Hashable {
    case unknownIngredient(String)
    case unbalancedMarks
    case nothingToCheck
  }

  private static let opening = Array("«".utf8)
  private static let closing = Array("»".utf8)

  /// - Parameters:
  ///   - recipe: text with `«…»` around the secret and `${alphabet:length}` for random parts.
  ///   - seed: what the random parts are drawn from.
  /// - Throws: `Recipe.Failure`.
  package init(_ recipe: String, seed: UInt64) throws(Failure) {
    var random = SplitMix64(state: seed)
    var output: [UInt8] = []
    var start: Int?
    var end: Int?
    var rest = Array(recipe.utf8)[...]
    while let byte = rest.first {
      if rest.starts(with: Self.opening) {
        guard start == nil else { throw .unbalancedMarks }
        start = output.count
        rest = rest.dropFirst(Self.opening.count)
      } else if rest.starts(with: Self.closing) {
        guard start != nil, end == nil else { throw .unbalancedMarks }
        end = output.count
        rest = rest.dropFirst(Self.closing.count)
      } else if rest.starts(with: Array("${".utf8)), let ingredient = Self.ingredient(in: rest) {
        let token = output[(start ?? Self.tokenStart(in: output))...]
        output += try Self.made(from: ingredient, after: token, random: &random)
        rest = rest.dropFirst(ingredient.utf8.count + 3)
      } else {
        output.append(byte)
        rest = rest.dropFirst()
      }
    }
    guard (start == nil) == (end == nil) else { throw .unbalancedMarks }
    text = output
    secret = if let start, let end { start..<end } else { nil }
  }

  /// The seed of one example of one rule (FNV-1a, 64 bit).
  package static func seed(rule: String, kind: String, index: Int) -> UInt64 {
    "\(rule)/\(kind)/\(index)".utf8.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
  }

  /// What stands between `${` and its `}`, if it has the form of an ingredient.
  ///
  /// `${HOME}` has not:
  /// it stays as text. Braces inside are counted.
  private static func ingredient(in text: ArraySlice<UInt8>) -> String? {
    var depth = 0
    for index in text.indices.dropFirst(2) {
      switch text[index] {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        if depth == 0 {
          let body = String(decoding: text[text.startIndex + 2..<index], as: UTF8.self)
          return body.contains(":") && !body.hasPrefix(":") ? body : nil
        }
        depth -= 1
      default: break
      }
    }
    return nil
  }

  /// - Parameters:
  ///   - ingredient: `name:argument`.
  ///   - token: what was made of it so far.
  ///   - random: what random parts are drawn from.
  /// - Returns: what stands in the place of the ingredient.
  /// - Throws: `Recipe.Failure`.
  private static func made(
    from ingredient: String, after token: ArraySlice<UInt8>, random: inout SplitMix64
  ) throws(Failure) -> [UInt8] {
    let parts = ingredient.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let (name, argument) = (String(parts[0]), String(parts[1]))
    switch name {
    case "check":
      guard let checksum = Checksum(rawValue: argument) else {
        throw .unknownIngredient(ingredient)
      }
      guard let characters = checksum.characters(for: token.span) else { throw .nothingToCheck }
      return characters
    case "b64json":
      return base64(Array(argument.utf8), isURLSafe: true).filter { $0 != UInt8(ascii: "=") }
    case "b64":
      return base64(try Recipe(argument, seed: random.next()).text)
    case "b64hex":
      let digits = try Recipe(argument, seed: random.next()).text.filter { $0 != 0x20 }
      let nibbles = digits.compactMap(hexNibble)
      guard nibbles.count == digits.count, nibbles.count.isMultiple(of: 2) else {
        throw .unknownIngredient(ingredient)
      }
      return base64(
        stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] })
    default:
      guard let alphabet = alphabets[name], let count = Int(argument), count > 0 else {
        throw .unknownIngredient(ingredient)
      }
      return (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
    }
  }

  /// Where the token at the end of a text without marks begins: after a blank, a quote or `=`.
  private static func tokenStart(in text: [UInt8]) -> Int {
    text.lastIndex { " \t\n\r\"'=".utf8.contains($0) }.map { $0 + 1 } ?? 0
  }

  private static let alphabets: [String: [UInt8]] = {
    let digit = "0123456789"
    let lower = "abcdefghijklmnopqrstuvwxyz"
    let upper = lower.uppercased()
    return [
      "digit": digit, "lower": lower, "upper": upper, "alpha": upper + lower,
      "alnum": digit + upper + lower, "hex": digit + "abcdef", "HEX": digit + "ABCDEF",
      "base32": upper + "234567", "bech32": "qpzry9x8gf2tvdw0s3jn54khce6mua7l",
      "BECH32": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", "base64": digit + upper + lower + "+/",
      "base58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
      "base64url": digit + upper + lower + "-_", "word": digit + upper + lower + "_",
    ].mapValues { Array($0.utf8) }
  }()
}

/// A small seeded generator for fixtures and tests, never for keys.
///
/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed &>> 31)
  }
}
