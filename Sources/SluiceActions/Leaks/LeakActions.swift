/// What happens when a secret is seen where it should not be.
///
/// Masking always happens.
package struct LeakActions: OptionSet, Sendable, Hashable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let alert = LeakActions(rawValue: 1)
  package static let revoke = LeakActions(rawValue: 2)
  package static let rotate = LeakActions(rawValue: 4)

  static let names: [(String, LeakActions)] = [
    ("mask", []), ("alert", .alert), ("revoke", .revoke), ("rotate", .rotate),
  ]

  /// A list of `mask`, `alert`, `revoke` and `rotate`; nil if there is another word in it.
  package init?(words: [String]) {
    self = []
    for word in words {
      guard let known = Self.names.first(where: { $0.0 == word }) else { return nil }
      formUnion(known.1)
    }
  }

  package var text: String {
    let words = Self.names.dropFirst().filter { contains($0.1) }.map(\.0)
    return words.isEmpty ? "mask" : words.joined(separator: ",")
  }
}
