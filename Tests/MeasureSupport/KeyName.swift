/// The name of a key, in the cases in which languages and formats write it.
package struct KeyName: Sendable, Hashable {
  /// In small letters.
  let words: [String]

  package init(_ words: [String]) { self.words = words }

  /// `acme-cloud: API key (legacy)` → acme, cloud, api, key.
  init(provider: String, family: String) {
    let plain = family.prefix { $0 != "(" }
    let text = (provider + " " + plain).lowercased()
    let words = text.split { !($0.isLetter || $0.isNumber) }.map(String.init)
    self.words = words.filter { !["the", "of", "any", "or"].contains($0) }
  }

  private var capitalized: [String] { words.map { $0.prefix(1).uppercased() + $0.dropFirst() } }

  /// What a slot of a template stands for; nil if it is no slot of a key.
  func text(of slot: Substring) -> String? {
    switch slot {
    case "U": words.joined(separator: "_").uppercased()
    case "l": words.joined(separator: "_")
    case "k": words.joined(separator: "-")
    case "d": words.joined(separator: ".")
    case "c": words[0] + capitalized.dropFirst().joined()
    case "C": capitalized.joined()
    case "H": "X-" + capitalized.joined(separator: "-")
    case "W": words.joined(separator: " ")
    case "P": capitalized[0]
    default: nil
    }
  }
}
