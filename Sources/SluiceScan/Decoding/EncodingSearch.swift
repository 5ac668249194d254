internal import SluiceRules

/// Finds the places in a text where something is encoded.
struct EncodingSearch: Sendable {
  struct Place {
    let offset: Int
    /// Whether it is certain, or the bytes at hand are too few to say.
    let isFinished: Bool
  }

  private enum Verdict {
    case none, unfinished, found
  }

  private let kernel: EncodingKernel

  init(kernel: EncodingKernel = .best) { self.kernel = kernel }

  /// The first place at or after `from` where something is encoded, or may be once more is known.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - from: where the search begins.
  ///   - floor: where the block begins; nothing before it is looked at.
  ///   - isCut: whether that is in the middle of a line.
  ///   - isFinal: whether nothing follows the text.
  /// - Returns: nil if there is none.
  func first(
    in bytes: Span<UInt8>, from: Int, floor: Int, isCut: Bool, isFinal: Bool
  ) -> Place? {
    var index = from
    while let hit = kernel.find(in: bytes, from: index) {
      let isPair = !hit.isRun
      if isPair {
        let backslashes = backslashes(in: bytes, before: hit.offset, floor: floor)
        if backslashes > 0 { return Place(offset: hit.offset - backslashes, isFinished: true) }
        let verdict = pair(in: bytes, at: hit.offset, floor: floor)
        if verdict == .found || verdict == .unfinished && !isFinal {
          return Place(offset: hit.offset, isFinished: verdict == .found)
        }
        index = hit.offset + 1
        guard EncodedRun.contains(bytes[hit.offset]) else { continue }
      }
      let start = EncodedRun.start(in: bytes, before: hit.offset, floor: floor)
      // As much of it as decides; some may be skipped behind an escape or a cut.
      let end = EncodedRun.end(in: bytes, from: start, limit: 2 * EncodedRun.shortest)
      let reading = EncodedRun.read(
        in: bytes, start..<end, isCut: isCut && start == floor, isFinal: isFinal)
      switch reading {
      case .run(let run): return Place(offset: run.start, isFinished: true)
      case .unfinished: return Place(offset: start, isFinished: false)
      case .none:
        if !isPair { index = EncodedRun.end(in: bytes, from: hit.offset) }
      }
    }
    return isFinal ? nil : tail(in: bytes, from: from, floor: floor, isCut: isCut)
  }

  /// All that a text holds and a decoder may decode.
  func kinds(in bytes: Span<UInt8>) -> EncodingKernel.Kinds {
    var found: EncodingKernel.Kinds = []
    // Each kind that was found is searched for no more, so there are few rounds. From the start: a
    // run that is cut there by what was found may be too short.
    while let hit = kernel.find(in: bytes, from: 0, kinds: .all.subtracting(found)) {
      found.formUnion(hit.isRun ? .runs : .ofPair(beginningWith: bytes[hit.offset]))
    }
    return found
  }

  // MARK: - Pairs

  /// Backslashes before the one of an escape: the first of them hides it.
  private func backslashes(in bytes: Span<UInt8>, before index: Int, floor: Int) -> Int {
    guard bytes[index] == UInt8(ascii: "\\") else { return 0 }
    var first = index
    let earliest = max(floor, index - EscapeSequence.longestBackslashes + 1)
    while first > earliest, bytes[first - 1] == UInt8(ascii: "\\") { first -= 1 }
    return index - first
  }

  private func pair(in bytes: Span<UInt8>, at index: Int, floor: Int) -> Verdict {
    switch bytes[index] {
    case UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&"), 0x1B:
      switch EscapeSequence.read(in: bytes, at: index) {
      case .none: return .none
      case .unfinished: return .unfinished
      case .escape(let escape): return escape.isTelling ? .found : .none
      }
    case 0:
      guard let isFinished = Decoder.alternation(in: bytes, at: index) else { return .none }
      return isFinished ? .found : .unfinished
    case UInt8(ascii: "="): return equals(in: bytes, at: index, floor: floor)
    case UInt8(ascii: "-"):
      return Decoder.keyHeader(in: bytes, at: index, floor: floor)
        .map { $0 ? .found : .unfinished } ?? .none
    default: return .none
    }
  }

  private func equals(in bytes: Span<UInt8>, at index: Int, floor: Int) -> Verdict {
    guard index + 1 < bytes.count else { return .unfinished }
    if bytes[index + 1] == UInt8(ascii: "3") {
      guard index + 2 < bytes.count else { return .unfinished }
      return bytes[index + 2] == UInt8(ascii: "D") ? .found : .none
    }
    var lineStart = index
    let earliest = max(floor, index - Decoder.brokenLineLengths.upperBound)
    while lineStart > earliest, bytes[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
    guard Decoder.mayBreak(bytes, at: index, lineStart: lineStart) else { return .none }
    if Decoder.softBreakEnd(in: bytes, at: index, lineStart: lineStart) != nil { return .found }
    return index + 2 == bytes.count && bytes[index + 1] == UInt8(ascii: "\r")
      ? .unfinished : .none
  }

  // MARK: - The end of what is known

  /// Where what may go on behind the end of the text begins: an escape or a run that is not whole.
  func openTail(in bytes: Span<UInt8>) -> Int? {
    guard bytes.count > 0 else { return nil }
    let start = EncodedRun.start(in: bytes, before: bytes.count, floor: 0)
    if start < bytes.count {
      let reading = EncodedRun.read(
        in: bytes, start..<bytes.count, isCut: start == 0, isFinal: false)
      guard case .none = reading else { return start }
    }
    // An escape is told by its first bytes, and most are short.
    var index = max(0, bytes.count - EscapeSequence.longestSequence)
    while index < bytes.count {
      if case .unfinished = EscapeSequence.read(in: bytes, at: index) { return index }
      index += 1
    }
    // A soft line break.
    if bytes.count > 1, bytes[bytes.count - 1] == UInt8(ascii: "\r"),
      bytes[bytes.count - 2] == UInt8(ascii: "=")
    {
      return bytes.count - 2
    }
    return tail(in: bytes, from: 0, floor: 0, isCut: true)?.offset
  }

  /// What may turn into an encoding at the end of the text.
  private func tail(in bytes: Span<UInt8>, from: Int, floor: Int, isCut: Bool) -> Place? {
    let count = bytes.count
    guard count > floor else { return nil }
    switch bytes[count - 1] {
    case UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&"), 0x1B, 0:
      return Place(offset: count - 1, isFinished: false)
    case UInt8(ascii: "="):
      return pair(in: bytes, at: count - 1, floor: floor) == .none
        ? nil : Place(offset: count - 1, isFinished: false)
    default: break
    }
    let earliest = max(floor, count - EncodedRun.shortest)
    let start = EncodedRun.start(in: bytes, before: count, floor: earliest)
    guard start < count, start > earliest || start == floor,
      case .unfinished = EncodedRun.read(
        in: bytes, start..<count, isCut: isCut && start == floor, isFinal: false)
    else { return nil }
    return Place(offset: start, isFinished: false)
  }
}
