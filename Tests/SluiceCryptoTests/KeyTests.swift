@testable import SluiceCrypto
import Testing

@Suite("Key")
struct KeyTests {
  enum Parent: DerivationPurpose { static let label = "test parent v1" }
  enum Child: SealingPurpose { static let label = "test child v1" }
  enum Sibling: SealingPurpose { static let label = "test sibling v1" }

  private static var place: AssociatedData {
    var place = AssociatedData("test v1")
    place.append("acme")
    place.append(7)
    return place
  }

  @Test(
    "what was sealed opens under the same key at the same place", arguments: [0, 1, 100, 65536])
  func roundTrip(count: Int) throws {
    let text = [UInt8](repeating: 0x5A, count: count)
    let key = try Key<Child>.random()
    let sealed = try key.seal(text.span, for: Self.place)
    #expect(sealed.count == count + 49)
    #expect(try key.open(sealed, at: Self.place).copy() == text)
  }

  @Test("G10: a change of any bit, an end that is missing and another place are refused")
  func tampering() throws {
    let text = Array("value".utf8)
    let key = try Key<Child>.random()
    let sealed = try key.seal(text.span, for: Self.place)
    for bit in 0..<sealed.count * 8 {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: CryptoError.notAuthentic, "bit \(bit)") {
        _ = try key.open(changed, at: Self.place)
      }
    }
    for count in 0..<sealed.count {
      #expect(throws: CryptoError.notAuthentic) {
        _ = try key.open(Array(sealed.prefix(count)), at: Self.place)
      }
    }
    var other = AssociatedData("test v1")
    other.append("acme")
    other.append(8)
    #expect(throws: CryptoError.notAuthentic) { _ = try key.open(sealed, at: other) }
    let stranger = try Key<Child>.random()
    #expect(throws: CryptoError.notAuthentic) { _ = try stranger.open(sealed, at: Self.place) }
  }

  @Test("no salt, and so no key and nonce, serves twice")
  func unique() throws {
    let key = try Key<Child>.random()
    let text = [UInt8](repeating: 0, count: 32)
    let sealed = try (0..<2000).map { _ in try key.seal(text.span, for: Self.place) }
    #expect(Set(sealed.map { Array($0[1..<33]) }).count == sealed.count)
    #expect(Set(sealed.map { Array($0[33...]) }).count == sealed.count)
  }

  @Test("derived keys differ by purpose, salt and context, and only by them")
  func derivation() throws {
    let parent = try Key<Parent>.random()
    func child(_ salt: [UInt8], _ context: [UInt8]) throws -> [UInt8] {
      let key: Key<Child> = try parent.derived(for: Child.self, salt: salt, context: context)
      return key.bytes.copy()
    }
    #expect(try child([1], [2]) == child([1], [2]))
    let sibling: Key<Sibling> = try parent.derived(for: Sibling.self, salt: [1], context: [2])
    let all = try [child([1], [2]), child([1], [3]), child([2], [2]), child([], [1, 2])]
    #expect(Set(all + [sibling.bytes.copy()]).count == 5)
  }

  @Test("a wrapped key comes back as it was")
  func wrapping() throws {
    let outer = try Key<Child>.random()
    let inner = try Key<Sibling>.random()
    let wrapped = try outer.wrap(inner, for: Self.place)
    let unwrapped = try outer.unwrap(wrapped, as: Sibling.self, at: Self.place)
    #expect(unwrapped.bytes.copy() == inner.bytes.copy())
  }

  @Test("fields of a place cannot be moved into one another")
  func fields() {
    func place(_ fields: [String]) -> [UInt8] {
      var place = AssociatedData("p")
      for field in fields { place.append(field) }
      return place.bytes
    }
    let places = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], []].map(place)
    #expect(Set(places).count == places.count)
  }
}
