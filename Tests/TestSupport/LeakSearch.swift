/// Finds planted secrets that are left in a text, as they are or as JSON escapes them.
package struct LeakSearch {
  /// A secret that is shorter may stand in a text by chance.
  package static let shortest = 6

  private struct Needle {
    let bytes: [UInt8]
    let planted: Planted
  }

  /// By their first bytes, packed into a number.
  private var needles: [UInt64: [Needle]] = [:]

  package init(_ planted: [Planted]) {
    for secret in planted where secret.secret.count >= Self.shortest {
      let escaped = Array(jsonString(secret.secret).utf8.dropFirst().dropLast())
      for bytes in Set([secret.secret, escaped]) {
        let start = bytes.prefix(Self.shortest).reduce(0) { $0 << 8 | UInt64($1) }
        needles[start, default: []].append(Needle(bytes: bytes, planted: secret))
      }
    }
  }

  /// The secrets whose bytes stand in `text`.
  package func leaks(in text: [UInt8]) -> Set<Planted> {
    var leaks: Set<Planted> = []
    var start: UInt64 = 0
    for (index, byte) in text.enumerated() {
      start = (start << 8 | UInt64(byte)) & 0xFFFF_FFFF_FFFF
      guard let candidates = needles[start] else { continue }
      let rest = text[max(0, index + 1 - Self.shortest)...]
      leaks.formUnion(candidates.filter { rest.starts(with: $0.bytes) }.map(\.planted))
    }
    return leaks
  }
}
