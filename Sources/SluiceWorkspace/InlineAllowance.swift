/// A comment that says a secret may stand on its line: `sluice:allow`, or `gitleaks:allow` as
/// other programs have it.
///
/// `sluice:allow=rule-a,rule-b` and `sluice:allow(rule-a)` hold for these rules only, and so does
/// a rule's id after a blank. Any other word is taken for the reason, and the comment then holds
/// for every rule.
struct InlineAllowance {
  private static let ours = Array("sluice:allow".utf8)
  private static let peers = Array("gitleaks:allow".utf8)

  let knownRules: Set<String>

  init(knownRules: Set<String>) { self.knownRules = knownRules }

  /// Whether a comment in `line` lets a finding of `rule` stand.
  func allows(rule: String, in line: Span<UInt8>) -> Bool {
    guard line.count >= Self.ours.count else { return false }
    for index in 0...line.count - Self.ours.count where line[index] == UInt8(ascii: "s") {
      if begins(line, at: index, with: Self.ours),
        holds(for: rule, list: line.extracting((index + Self.ours.count)...))
      {
        return true
      }
    }
    for index in line.indices where line[index] == UInt8(ascii: "g") {
      if begins(line, at: index, with: Self.peers) { return true }
    }
    return false
  }

  private func begins(_ line: Span<UInt8>, at index: Int, with word: [UInt8]) -> Bool {
    guard line.count - index >= word.count else { return false }
    return word.indices.allSatisfy { line[index + $0] == word[$0] }
  }

  /// Whether what follows `sluice:allow` names `rule`, or no rule at all.
  private func holds(for rule: String, list: Span<UInt8>) -> Bool {
    var rest = list
    guard rest.count > 0 else { return true }
    let isExplicit = rest[0] == UInt8(ascii: "=") || rest[0] == UInt8(ascii: "(")
    if isExplicit || rest[0] == UInt8(ascii: " ") {
      rest = rest.extracting(1...)
    } else if isWordByte(rest[0]) {
      // Some other word that begins with ours.
      return false
    }
    var named: [String] = []
    while true {
      while rest.count > 0, rest[0] == UInt8(ascii: " ") { rest = rest.extracting(1...) }
      var length = 0
      while length < rest.count, isWordByte(rest[length]) { length += 1 }
      guard length > 0 else { break }
      let word = rest.extracting(0..<length)
      named.append(String(decoding: word.indices.map { word[$0] }, as: UTF8.self))
      rest = rest.extracting(length...)
      guard rest.count > 0, rest[0] == UInt8(ascii: ",") else { break }
      rest = rest.extracting(1...)
    }
    guard isExplicit || named.first.map(knownRules.contains) == true else { return true }
    return named.contains(rule)
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
