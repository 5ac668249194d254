/// Marvin32, the keyed 32-bit hash of Microsoft's identifiable keys.
///
/// Fed byte by byte, so that nothing has to be decoded into memory first. As in the .NET runtime
/// (`Marvin.cs`): words are read least significant byte first, and the rest is closed with 0x80.
struct Marvin32 {
  private var p0: UInt32
  private var p1: UInt32
  private var word: UInt32 = 0
  private var wordLength: UInt32 = 0

  init(seed: UInt64) {
    p0 = UInt32(truncatingIfNeeded: seed)
    p1 = UInt32(truncatingIfNeeded: seed >> 32)
  }

  mutating func add(_ byte: UInt8) {
    word |= UInt32(byte) &<< (8 &* wordLength)
    wordLength += 1
    guard wordLength == 4 else { return }
    p0 &+= word
    mix()
    word = 0
    wordLength = 0
  }

  /// The hash of what was added.
  var value: UInt32 {
    var last = self
    last.p0 &+= word | 0x80 &<< (8 &* wordLength)
    last.mix()
    last.mix()
    return last.p0 ^ last.p1
  }

  private mutating func mix() {
    p1 ^= p0
    p0 = Self.rotated(p0, by: 20) &+ p1
    p1 = Self.rotated(p1, by: 9) ^ p0
    p0 = Self.rotated(p0, by: 27) &+ p1
    p1 = Self.rotated(p1, by: 19)
  }

  private static func rotated(_ value: UInt32, by count: UInt32) -> UInt32 {
    value &<< count | value &>> (32 - count)
  }
}
