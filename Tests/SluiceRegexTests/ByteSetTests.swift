import SluiceRegex
import Testing

@Suite("ByteSet")
struct ByteSetTests {
  private static let samples: [Set<UInt8>] = [
    [], [0], [255], [63, 64], [127, 128], [191, 192], Set(0x30...0x39), Set(0x41...0x5A),
    Set(0x61...0x7A), Set(0x30...0x7A), Set([0x40, 0x41, 0x5A, 0x5B, 0x60, 0x7B]),
    Set((0...255).filter { $0 % 3 == 0 }), Set(0...255),
  ]

  @Test("holds what was put in and nothing else", arguments: samples)
  func membership(sample: Set<UInt8>) {
    let set = ByteSet(sample)
    #expect((0...255).allSatisfy { set.contains($0) == sample.contains($0) })
    #expect(set.members == sample.sorted())
    #expect(set.count == sample.count)
    #expect(set.isEmpty == sample.isEmpty)
  }

  @Test("inserting twice changes nothing", arguments: [0, 63, 64, 128, 255] as [UInt8])
  func insertion(byte: UInt8) {
    var set = ByteSet()
    set.insert(byte)
    let once = set
    set.insert(byte)
    #expect(set == once)
    #expect(set == ByteSet(byte))
    #expect(set.members == [byte])
  }

  @Test(
    "a range is the set of its bytes",
    arguments: [0...0, 0...255, 63...64, 127...192, 0x61...0x7A] as [ClosedRange<UInt8>])
  func ranges(range: ClosedRange<UInt8>) {
    #expect(ByteSet(range).members == Array(range))
  }

  @Test("is an algebra", arguments: samples, samples)
  func algebra(left: Set<UInt8>, right: Set<UInt8>) {
    let (first, second) = (ByteSet(left), ByteSet(right))
    #expect(first.union(second) == ByteSet(left.union(right)))
    #expect(first.intersection(second) == ByteSet(left.intersection(right)))
    #expect(first.union(second).inverted == first.inverted.intersection(second.inverted))
    #expect(first.inverted == ByteSet(Set(0...255).subtracting(left)))
  }

  @Test("folding adds the other case of ASCII letters, and of nothing else", arguments: samples)
  func caseFolding(sample: Set<UInt8>) {
    var expected = sample
    for byte in sample {
      switch byte {
      case 0x41...0x5A: expected.insert(byte + 0x20)
      case 0x61...0x7A: expected.insert(byte - 0x20)
      default: break
      }
    }
    #expect(ByteSet(sample).caseFolded.members == expected.sorted())
  }

  @Test("all bytes are all bytes")
  func all() {
    #expect(ByteSet.all.count == 256)
    #expect(ByteSet.all.inverted.isEmpty)
  }
}
