import SluiceRegex
import Testing

@testable import SluiceRules

/// Checks what an analysis and an outline claim against one match that PCRE2 found.
func expectClaims(
  of analysis: RegexAnalysis, _ outline: ByteAutomaton?,
  toHoldFor match: ReferencePattern.Match, in subject: [UInt8], _ comment: Comment
) {
  let text = Array(subject[match.whole])
  if let outline {
    let isOpen = (match.whole.lowerBound...subject.count).allSatisfy { limit in
      outline.canMatch(in: subject.span, from: match.whole.lowerBound, upTo: limit)
    }
    #expect(isOpen, comment)
  }
  #expect(text.count >= analysis.minLength, comment)
  #expect(text.count <= analysis.maxLength ?? .max, comment)
  if let first = text.first { #expect(analysis.startBytes.contains(first), comment) }
  if !analysis.canMatchNewline { #expect(!text.contains(0x0A), comment) }
  if let set = analysis.anchorSet {
    #expect(set.isSatisfied(by: match.whole, in: subject), comment)
  }
  if !analysis.secretPrefixes.isEmpty {
    let secret = analysis.hasSecretGroup ? match.secret : match.whole
    if let secret {
      #expect(
        analysis.secretPrefixes.contains { subject[secret].starts(with: $0) }, comment)
    }
  }
}

extension AnchorSet {
  /// Whether some anchor stands in the match within its bounds, after nothing but lead bytes.
  func isSatisfied(by match: Range<Int>, in subject: [UInt8]) -> Bool {
    let start = match.lowerBound
    return anchors.contains { anchor in
      let last = match.upperBound - anchor.bytes.count
      let lower = start + anchor.minOffset
      guard lower <= last else { return false }
      let upper = min(anchor.maxOffset.map { start + $0 } ?? last, last)
      guard lower <= upper else { return false }
      return (lower...upper).contains { place in
        let text = subject[place..<(place + anchor.bytes.count)]
        let folded = anchor.isCaseless ? text.map(\.asciiLowercased) : Array(text)
        return folded == anchor.bytes && subject[start..<place].allSatisfy(leadBytes.contains)
      }
    }
  }
}
