#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Shannon entropy of the byte values, in bits a byte; 0 for an empty secret.
///
/// `log2(n) - Σ c·log2(c) / n` over the counts `c` of the values that occur.
func shannonEntropy(of bytes: Span<UInt8>) -> Double {
  guard !bytes.isEmpty else { return 0 }
  var counts = InlineArray<256, UInt32>(repeating: 0)
  for index in bytes.indices { counts[Int(bytes[index])] &+= 1 }
  var sum = 0.0
  for index in bytes.indices {
    let count = counts[Int(bytes[index])]
    guard count > 1 else { continue }  // 1·log2(1) is 0
    counts[Int(bytes[index])] = 0
    sum += Double(count) * log2(Double(count))
  }
  return log2(Double(bytes.count)) - sum / Double(bytes.count)
}

/// How many of the kinds lower case, upper case, digit and other occur.
func characterClasses(in bytes: Span<UInt8>) -> Int {
  var seen = 0
  for index in bytes.indices {
    switch bytes[index] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): seen |= 1
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): seen |= 2
    case UInt8(ascii: "0")...UInt8(ascii: "9"): seen |= 4
    default: seen |= 8
    }
  }
  return seen.nonzeroBitCount
}
