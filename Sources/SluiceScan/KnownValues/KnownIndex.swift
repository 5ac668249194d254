internal import SluiceCrypto

/// Which places of a text may hold a known value, and which one.
///
/// Written by `init` alone, read by any number of threads afterwards.
@safe final class KnownIndex: @unchecked Sendable {
  /// Of so many bits of the map one is set at most; each mark sets two bits of one word.
  private static let fill = 16
  private static let noEntry = Int32(-1)

  let entries: [KnownValues.Entry]
  /// The map: a word is chosen by the upper bits of a hash, two of its bits by the lower.
  private let map: UnsafeMutablePointer<UInt64>
  private let mapShift: UInt64
  /// Open addressing by the upper bits of a hash; at most half full.
  private let slots: UnsafeMutablePointer<Int32>
  private let slotShift: UInt64
  private let slotMask: Int

  init(_ marks: [[KnownMark]]) {
    let count = max(marks.reduce(0) { $0 + $1.count }, 1)
    let mapBits = Self.bits(for: max(2 * count * Self.fill / 64, 64))
    let slotBits = Self.bits(for: max(count * 2, 64))
    mapShift = UInt64(64 - mapBits)
    slotShift = UInt64(64 - slotBits)
    slotMask = 1 << slotBits - 1
    unsafe map = .allocate(capacity: 1 << mapBits)
    unsafe map.initialize(repeating: 0, count: 1 << mapBits)
    unsafe slots = .allocate(capacity: 1 << slotBits)
    unsafe slots.initialize(repeating: Self.noEntry, count: 1 << slotBits)
    var entries: [KnownValues.Entry] = []
    entries.reserveCapacity(count)
    for (value, marks) in marks.enumerated() {
      for mark in marks {
        unsafe map[Int(mark.hash >> mapShift)] |= Self.bitPair(of: mark.hash)
        var slot = Int(mark.hash >> slotShift)
        while unsafe slots[slot] != Self.noEntry { slot = (slot + 1) & slotMask }
        unsafe slots[slot] = Int32(entries.count)
        entries.append(
          KnownValues.Entry(
            value: Int32(value), window: mark.window, length: mark.length, tag: mark.tag,
            rest: mark.rest, lead: mark.lead, trail: mark.trail, spansLines: mark.spansLines,
            fingerprint: mark.fingerprint))
      }
    }
    self.entries = entries
  }

  deinit {
    unsafe map.deallocate()
    unsafe slots.deallocate()
  }

  private static func bits(for count: Int) -> Int {
    Int.bitWidth - (count - 1).leadingZeroBitCount
  }

  @inline(__always)
  private static func bitPair(of hash: UInt64) -> UInt64 {
    1 &<< (hash & 63) | 1 &<< (hash >> 6 & 63)
  }

  /// Notes the places whose windows may be those of a mark, without a branch.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - windows: where they begin; the last ends inside the text.
  ///   - hasher: with the key of the marks.
  ///   - places: gets the places, counted from the first window; has room for all of them.
  /// - Returns: how many were noted, ascending.
  func find(
    in bytes: Span<UInt8>, windows: Range<Int>, hasher: MatchHasher, into places: inout [UInt32]
  ) -> Int {
    precondition(
      windows.lowerBound >= 0 && windows.upperBound + KnownMark.windowLength <= bytes.count + 1
        && windows.count <= places.count)
    return unsafe bytes.withUnsafeBufferPointer { text in
      unsafe places.withUnsafeMutableBufferPointer { places in
        guard let base = text.baseAddress, let target = places.baseAddress else { return 0 }
        // SAFETY: as the precondition says.
        return unsafe find(
          in: base + windows.lowerBound, count: windows.count, hasher: hasher, into: target)
      }
    }
  }

  @inline(__always)
  private func find(
    in text: UnsafePointer<UInt8>, count: Int, hasher: MatchHasher,
    into places: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let (map, shift) = unsafe (UnsafePointer(self.map), mapShift)
    let (summand, factor) = (hasher.first, hasher.second)
    var found = 0
    for place in 0..<count {
      let window = unsafe UnsafeRawPointer(text + place).loadUnaligned(as: UInt64.self)
      // As `MatchHasher.hash` does.
      let product = (UInt64(littleEndian: window) ^ summand).multipliedFullWidth(by: factor)
      let hash = product.high ^ product.low
      let pair = Self.bitPair(of: hash)
      unsafe places[found] = UInt32(truncatingIfNeeded: place)
      unsafe found &+= map[Int(truncatingIfNeeded: hash &>> shift)] & pair == pair ? 1 : 0
    }
    return found
  }

  /// Where the entries begin that a hash may be of.
  func firstSlot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> slotShift) }

  /// The next of them; nil if there is none left.
  func nextEntry(from slot: inout Int) -> Int? {
    let entry = unsafe slots[slot]
    guard entry != Self.noEntry else { return nil }
    slot = (slot + 1) & slotMask
    return Int(entry)
  }
}
