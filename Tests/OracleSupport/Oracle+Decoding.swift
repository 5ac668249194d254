internal import SluiceRules
internal import SluiceScan

extension Oracle {
  /// A secret in a decoded text, as the bytes of the stream that it was made of.
  struct DecodedHit {
    let rule: RuleIndex
    let range: Range<Int>
  }

  /// What the rules find in the decoded forms of a text: block by block, view by view.
  func decodedHits(in text: [UInt8]) -> [DecodedHit] {
    let depth = rules.limits.decodingDepth
    guard depth > 0 else { return [] }
    let decoder = ReferenceDecoder()
    let longest = min(32 * 1024, rules.limits.longestAttempt)
    var hits: [DecodedHit] = []
    var lineStart = 0
    var start = 0
    while let place = (start..<text.count).first(where: {
      decoder.isEncoded(text, at: $0, from: start, isCut: start > lineStart)
    }) {
      if let lineEnd = text[start..<place].lastIndex(of: 0x0A) {
        lineStart = lineEnd + 1
        start = lineStart
      }
      while lineStart + longest <= place, start + longest <= place { start += longest / 4 * 3 }
      let end = endOfBlock(text, place, from: start, by: decoder)
      let block = start..<min(end, start + longest)
      var left = 12
      let view = ReferenceView(stream: text, block)
      for hit in self.hits(
        in: view, depth: depth, isCut: start > lineStart, isStream: true, by: decoder, left: &left)
      where start == lineStart || hit.range.lowerBound - start >= 64 {
        hits.append(hit)
      }
      if end > block.upperBound {
        start += longest / 4 * 3
      } else {
        start = end
        lineStart = end
      }
    }
    return hits
  }

  private func hits(
    in source: ReferenceView, depth: Int, isCut: Bool, isStream: Bool, by decoder: ReferenceDecoder,
    left: inout Int
  ) -> [DecodedHit] {
    guard depth > 0 else { return [] }
    var hits: [DecodedHit] = []
    for kind in ReferenceDecoder.Kind.allCases {
      guard left > 0,
        let view = decoder.decode(source, as: kind, isCut: isCut, isStream: isStream)
      else { continue }
      left -= 1
      for finding in plainFindings(in: view.bytes) {
        let range = Int(finding.start)..<Int(finding.end)
        for part in parts(of: range, in: view, isLines: kind == .lines) {
          hits.append(DecodedHit(rule: finding.rule, range: part))
        }
      }
      hits += self.hits(
        in: view, depth: depth - 1, isCut: isCut, isStream: false, by: decoder, left: &left)
    }
    return hits
  }

  /// A find in a text that was put together from lines has a part in each of them.
  private func parts(of range: Range<Int>, in view: ReferenceView, isLines: Bool) -> [Range<Int>] {
    guard isLines else { return [view.origin(of: range)] }
    var parts: [Range<Int>] = []
    for origin in view.origins[range] where !origin.isEmpty {
      if let last = parts.last, last.upperBound == origin.lowerBound {
        parts[parts.count - 1] = last.lowerBound..<origin.upperBound
      } else {
        parts.append(origin)
      }
    }
    return parts
  }

  private func endOfBlock(
    _ text: [UInt8], _ place: Int, from start: Int, by decoder: ReferenceDecoder
  ) -> Int {
    var lineStart = (text[start..<place].lastIndex(of: 0x0A) ?? start - 1) + 1
    while true {
      guard let lineEnd = text[max(lineStart, place)...].firstIndex(of: 0x0A) ?? nil else {
        return text.count
      }
      if let header = (lineStart..<lineEnd).first(where: {
        decoder.isHeader(text, at: $0, from: start)
      }) {
        return ReferenceKey(text, at: header, from: start).end
      }
      if let end = decoder.wideKeyEnd(text, lineStart..<lineEnd) { return end }
      var last = lineEnd - 1
      if last >= lineStart, text[last] == 0x0D { last -= 1 }
      let isBroken =
        last > lineStart && text[last] == UInt8(ascii: "=")
        && decoder.softBreak(text, at: last, lineStart: lineStart) != nil
      guard isBroken || decoder.isWrapped(text, lineStart: lineStart) else { return lineEnd + 1 }
      lineStart = lineEnd + 1
      if lineStart == text.count { return text.count }
    }
  }
}
