internal import SluiceRules

/// Passwords as people choose them: words, years, a mark at the end, letters written as digits.
enum HumanPassword {
  static func drawn(_ random: inout SplitMix64) -> String {
    let word = words.drawn(&random)
    let other = words.drawn(&random)
    let number = String(random.next() % 100)
    let year = String(1970 + random.next() % 57)
    let mark = ["!", "@", "#", "$", "*", "?", "!!", "."].drawn(&random)
    let capital = word.prefix(1).uppercased() + word.dropFirst()
    let otherCapital = other.prefix(1).uppercased() + other.dropFirst()
    return [
      capital + year + mark, word + number, capital + mark + number, leet(capital) + year,
      leet(word) + mark, word + other + number, capital + otherCapital + mark, word + "_" + year,
      "\(word)-\(other)-\(words.drawn(&random))-\(words.drawn(&random))",
      capital + "&" + otherCapital + number, word + other, number + capital + mark + other,
      word + year, capital + "@" + number + mark, capital + year, mark + capital + year,
    ].drawn(&random)
  }

  private static func leet(_ word: String) -> String {
    word.replacing("a", with: "@").replacing("o", with: "0").replacing("e", with: "3")
      .replacing("i", with: "1").replacing("s", with: "$")
  }

  private static let words = [
    "summer", "winter", "dragon", "monkey", "sunshine", "hunter", "shadow", "tiger", "orange",
    "banana", "london", "berlin", "madrid", "chicken", "flower", "silver", "purple", "coffee",
    "guitar", "pepper", "ginger", "maggie", "buster", "soccer", "hockey", "george", "andrew",
    "matrix", "phoenix", "falcon", "thunder", "cookie", "welcome", "letmein", "qwerty", "rocket",
    "mustang", "yankees", "charlie", "jordan", "harley", "ranger", "dakota", "merlin", "diamond",
  ]
}
