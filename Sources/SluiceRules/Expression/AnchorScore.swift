import Foundation

extension AnchorSet {
  /// How well the set serves as a prefilter; more is better.
  ///
  /// The base is the rarity of the set: -log2 of the estimated frequency with which any of the
  /// anchors turns up in a log or a source file, at most `enoughBits` for each. From that are
  /// taken away, in the order of their weight:
  /// - the length of the shortest anchor: 10 for three bytes, 36 for two;
  /// - the place: 30 if an anchor can be at any distance from the start of the match, else a
  ///   little that grows with the logarithm of the distance;
  /// - the count: its logarithm, on top of what the frequencies add up to.
  var score: Double {
    let frequency = anchors.reduce(0.0) { $0 + exp2(-min($1.bits, Self.enoughBits)) }
    let shortest = anchors.map { $0.bytes.count }.min() ?? 0
    let lengthPenalty = shortest >= 4 ? 0.0 : shortest == 3 ? 10 : 36
    let placePenalty = anchors.map(\.placePenalty).max() ?? 0
    return -log2(frequency) - lengthPenalty - placePenalty - log2(Double(anchors.count))
  }

  /// A literal as rare as once in four gigabytes need not be rarer.
  private static let enoughBits = 32.0
}

extension Anchor {
  fileprivate var placePenalty: Double {
    guard let maxOffset else { return 30 }
    return maxOffset == 0 ? 0 : 1.5 + 1.5 * log2(Double(maxOffset) + 1)
  }

  /// Estimate of -log2 of its frequency: a sum over its bytes, in which a common word counts as
  /// one choice and a repeated byte next to nothing.
  fileprivate var bits: Double {
    let text = isCaseless ? bytes : bytes.map(\.asciiLowercased)
    var sum = 0.0
    var index = 0
    while index < text.count {
      if let word = CommonWords.longest(at: index, of: text) {
        sum += CommonWords.bits
        index += word
        continue
      }
      let isRepeated = index > 0 && bytes[index] == bytes[index - 1]
      sum += isRepeated ? 1 : bytes[index].bits
      index += 1
    }
    return sum
  }
}

/// Words that turn up everywhere in what is scanned, so that their letters say little.
private enum CommonWords {
  static let bits = 7.0

  /// For each first byte, longest first.
  private static let byFirstByte: [[[UInt8]]] = {
    let words = [
      "://", "access", "account", "api", "app", "auth", "bearer", "begin", "client", "code",
      "com", "config", "data", "file", "git", "host", "http", "https", "id", "key", "live",
      "mail", "name", "net", "pass", "password", "private", "prod", "public", "secret", "server",
      "service", "test", "token", "user", "www",
    ].map { Array($0.utf8) }
    return (UInt8.min...UInt8.max).map { byte in
      words.filter { $0.first == byte }.sorted { $0.count > $1.count }
    }
  }()

  /// Length of the longest word at `index` of a lower-case text; nil if there is none.
  static func longest(at index: Int, of text: [UInt8]) -> Int? {
    byFirstByte[Int(text[index])].first { text[index...].starts(with: $0) }?.count
  }
}

extension UInt8 {
  /// Estimate of -log2 of the frequency of the byte in logs and source files.
  fileprivate var bits: Double {
    switch self {
    case UInt8(ascii: " "): 3
    case UInt8(ascii: "e"), UInt8(ascii: "t"), UInt8(ascii: "a"), UInt8(ascii: "o"),
      UInt8(ascii: "i"), UInt8(ascii: "n"), UInt8(ascii: "s"), UInt8(ascii: "r"):
      4
    case 0x30...0x39: 4.5  // digits
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
      UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "\""):
      4.5
    case UInt8(ascii: "j"), UInt8(ascii: "k"), UInt8(ascii: "q"), UInt8(ascii: "v"),
      UInt8(ascii: "w"), UInt8(ascii: "x"), UInt8(ascii: "y"), UInt8(ascii: "z"):
      6.5
    case 0x61...0x7A: 5.5  // the other lower-case letters
    case 0x41...0x5A: 6  // upper-case letters
    default: 7
    }
  }
}
