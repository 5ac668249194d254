internal import SluiceRules

/// Text without a secret that looks as if it held many: hashes, identifiers, cursors, lock files,
/// public keys, templates, what documentation writes where a secret will stand.
///
/// Deterministic: the same seed makes the same text.
package enum ProvokingText {
  /// Makes the text.
  ///
  /// - Parameters:
  ///   - bytes: how long the text is at least.
  ///   - seed: what the values are drawn from.
  /// - Returns: lines, each from a template drawn at random.
  package static func text(bytes: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(state: seed)
    var output: [UInt8] = []
    output.reserveCapacity(bytes + 4096)
    while output.count < bytes {
      let template = templates[Int(random.next() % UInt64(templates.count))]
      guard let made = try? Recipe(template, seed: random.next()) else {
        preconditionFailure("'\(template)' is no recipe")
      }
      output += made.text
      output.append(UInt8(ascii: "\n"))
    }
    return output
  }

  /// Every template once, in its order: what a person reads when a rule finds something.
  package static let templates: [String] =
    [identifiers, digests, lockFiles, cursors, publicThings, code, placeholders, prose]
    .flatMap { $0.split(separator: "\n").map(String.init) }
    .map {
      $0.replacing("‹uuid›", with: "${hex:8}-${hex:4}-4${hex:3}-a${hex:3}-${hex:12}")
        .replacing("‹n›", with: "\n")
    }
}
