#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Shannon entropy of the byte values, in bits a byte; 0 for an empty secret.
func shannonEntropy(of bytes: Span<UInt8>) -> Double {
  guard !bytes.isEmpty else { return 0 }
  var counts = InlineArray<256, UInt32>(repeating: 0)
  for index in bytes.indices { counts[Int(bytes[index])] &+= 1 }
  let total = Double(bytes.count)
  var bits = 0.0
  for index in counts.indices where counts[index] > 0 {
    let share = Double(counts[index]) / total
    bits -= share * log2(share)
  }
  return bits
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
