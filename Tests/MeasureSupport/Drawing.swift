internal import SluiceRules

extension Array {
  /// One of the elements, of which there must be one.
  func drawn(_ random: inout SplitMix64) -> Element {
    self[Int(random.next() % UInt64(count))]
  }
}

extension String {
  /// What a recipe such as `${alnum:32}` makes.
  func made(_ random: inout SplitMix64) -> String {
    guard let recipe = try? Recipe(self, seed: random.next()) else {
      preconditionFailure("'\(self)' is no recipe")
    }
    return String(decoding: recipe.text, as: UTF8.self)
  }
}
