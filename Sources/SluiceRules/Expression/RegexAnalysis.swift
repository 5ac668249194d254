package import SluiceRegex

/// What can be known of every match of an expression without matching.
///
/// The facts err in one direction only, which each of them states. They speak of the match that
/// PCRE2 reports, and rest on the tree alone: a lookaround or an atomic group may rule out texts
/// that are counted here.
package struct RegexAnalysis: Sendable {
  private let root: RegexNode

  /// No match is shorter, in bytes.
  package let minLength: Int
  /// No match is longer, in bytes; nil if there may be no bound.
  package let maxLength: Int?
  /// No assertion that a match rests on looks farther beyond the end of the match, the end of
  /// the subject counted as one byte; nil if there may be no bound.
  package let maxLookahead: Int?
  /// No assertion looks farther before the start of the match, the start of the subject counted
  /// as one byte.
  package let maxLookbehind: Int
  /// False only if neither a match nor a text that a positive lookahead takes in holds `\n`.
  ///
  /// A negative lookahead, or `$` before a final `\n`, may read a `\n` all the same.
  package let canMatchNewline: Bool
  /// Literals of which every match contains one; nil if none could be derived.
  package let anchorSet: AnchorSet?
  /// A superset of the bytes a match can begin with.
  ///
  /// An empty match begins with none.
  package let startBytes: ByteSet
  /// A superset of the bytes that something without an upper bound consumes; empty if nothing
  /// is unbounded.
  package let unboundedBytes: ByteSet
  /// Strings of two bytes or more of which every secret begins with one; empty if some secret
  /// may begin otherwise, or only regardless of case.
  ///
  /// A secret is the text of the group named `secret`, else the match. Where a class ends a
  /// prefix, as in `key_[01]`, it is left out: that byte belongs to what is secret. A prefix can
  /// be the whole secret.
  package let secretPrefixes: [[UInt8]]
  /// Whether there is a group named `secret`.
  package let hasSecretGroup: Bool
  /// What may make matching slow.
  package let hazards: [Hazard]
  /// Whether `RegexNode.outline(of:)` may rule out an attempt.
  package let isOutlined: Bool

  /// Analyses an expression; the time is about proportional to its length.
  package init(_ root: RegexNode) {
    self.root = root
    minLength = root.extent.lower
    maxLength = root.extent.upper
    maxLookahead = root.reachAhead
    maxLookbehind = root.reachBehind
    let newline = ByteSet(0x0A)
    canMatchNewline =
      !root.consumedBytes.intersection(newline).isEmpty || root.looksAhead(at: newline)
    anchorSet = LiteralExtraction(goal: .rarest).bestSet(in: root)
    startBytes = root.firstBytes
    unboundedBytes = root.unboundedBytes
    let secrets = root.secretGroups
    hasSecretGroup = !secrets.isEmpty
    secretPrefixes = RegexNode.anyOf(secrets.isEmpty ? [root] : secrets).literalPrefixes
    hazards = HazardSearch(root).hazards
    isOutlined = root.isOutlined(hazards: hazards)
  }

  /// The anchors of `anchorSet`; nil if there is none.
  package var anchors: [Anchor]? { anchorSet?.anchors }

  /// The lead bytes of `anchorSet`; empty if there is none.
  package var leadBytes: ByteSet { anchorSet?.leadBytes ?? ByteSet() }

  /// Checks anchors that someone stated: whether every match contains at least one of them.
  ///
  /// - Parameter stated: the literals, in the case in which they are to be found; where the
  ///   expression is caseless, the case does not matter.
  /// - Returns: the stated literals that are needed, with their bounds; nil if it could not be
  ///   proved that every match contains one, which does not mean that it is false.
  package func anchorSet(proving stated: [[UInt8]]) -> AnchorSet? {
    LiteralExtraction(goal: .stated(stated)).bestSet(in: root)
  }
}

extension RegexNode {
  /// The groups named `secret`.
  ///
  /// In a branch reset a group has the name of any other with its number.
  fileprivate var secretGroups: [RegexNode] {
    let groups = captures
    let numbers = Set(groups.filter { $0.name == "secret" }.map(\.number))
    return groups.filter { numbers.contains($0.number) }.map(\.body)
  }

  private var captures: [(number: Int, name: String?, body: RegexNode)] {
    switch self {
    case .byte, .assertion, .backreference: []
    case .concatenation(let nodes), .alternation(let nodes): nodes.flatMap(\.captures)
    case .capture(let number, let name, let body): [(number, name, body)] + body.captures
    case .atomic(let body): body.captures
    case .repetition(let repetition): repetition.body.captures
    case .look(let look): look.body.captures
    }
  }

  /// The case-sensitive strings of two bytes or more that everything it matches begins with;
  /// empty if there are others.
  fileprivate var literalPrefixes: [[UInt8]] {
    var prefixes: [[UInt8]] = []
    for literal in literals(at: .start).literals {
      var bytes = literal.bytes.prefix { !$0.isCaseless }
      while bytes.last?.isChoice == true { bytes.removeLast() }
      let prefix = bytes.map(\.value)
      guard prefix.count >= 2 else { return [] }
      if !prefixes.contains(prefix) { prefixes.append(prefix) }
    }
    return prefixes
  }
}
