import SluiceRules
import Testing

@Suite("RuleCost")
struct RuleCostTests {
  private static func cost(_ expression: String) throws -> RuleCost {
    try RuleCost(of: Rule(id: "acme", name: "acme", provider: "acme", expression: expression))
  }

  @Test(
    "G6: an attempt that can try a text in ever more ways hits the limit",
    arguments: [
      "acme_(?:a+)+;", "acme_(?:[a-z]|[a-f])*;", "acme_(?:a|a)*;", "acme_(?:[a-z]+-?)*;",
      "acme_(?:a?){40}a{40}",
    ])
  func exponential(expression: String) throws {
    #expect(try Self.cost(expression).steps == nil)
  }

  @Test(
    "G6: an attempt that reads the rest of a text at each of its bytes is slow, whatever PCRE2 counts",
    arguments: ["acme_[a-z0-9]+[0-9]+;", "acme_.*.*;", "acme_(?=.*x)[a-z]*[a-y]*;"])
  func quadratic(expression: String) throws {
    let cost = try Self.cost(expression)
    #expect(cost.steps == nil || cost.slowest > .milliseconds(5), "\(cost)")
  }

  @Test(
    "what reads a text once is cheap",
    arguments: [
      "acme_[a-z0-9]{20}", "acme_[a-z0-9]+;", "acme_[a-z]++[0-9]++;", "acme_(?>(?:a+)+);",
      "(?i)acme[a-z_]{0,40}=[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"",
    ])
  func linear(expression: String) throws {
    let cost = try Self.cost(expression)
    #expect(cost.steps != nil)
    #expect(cost.slowest < .milliseconds(5), "\(cost)")
  }
}
