/// A fake secret that a generator put into a text: what a scanner has to find there.
package struct Planted: Sendable, Hashable {
  /// The rule it was made for; a rule that ranks higher may find it too.
  package let rule: String
  /// Where it stands, in bytes.
  package let range: Range<Int>
  package let secret: [UInt8]
}

/// A text that knows where its secrets are; grows at its end.
package struct MarkedText: Sendable {
  package private(set) var text: [UInt8] = []
  /// In order, disjoint.
  package private(set) var planted: [Planted] = []

  package init() {}

  package mutating func append(_ bytes: some Sequence<UInt8>) { text += bytes }

  /// Appends `secret` and marks it.
  package mutating func plant(_ secret: some Collection<UInt8>, rule: String) {
    let start = text.count
    text += secret
    planted.append(Planted(rule: rule, range: start..<text.count, secret: Array(secret)))
  }

  /// Appends a text that holds a secret at `secret`, counted from the start of `bytes`.
  package mutating func append(_ bytes: [UInt8], secret: Range<Int>, rule: String) {
    append(bytes[..<secret.lowerBound])
    plant(bytes[secret], rule: rule)
    append(bytes[secret.upperBound...])
  }

  /// Appends a line end unless the text ends with one.
  package mutating func endLine() {
    if let last = text.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
  }

  /// Takes the line end at the end away, so that the text stops in the middle of a line.
  package mutating func dropLineEnd() {
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    precondition(
      (planted.last?.range.upperBound ?? 0) <= text.count, "the line end belongs to a secret")
  }
}
