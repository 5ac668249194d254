import SluiceBuiltins
import SluiceLibrary
import SluiceRules
import Testing

@Suite("RuleQuery")
struct RuleQueryTests {
  private static let rules = BuiltinRules.all().map(\.rule)

  @Test("an empty query matches every rule")
  func everything() {
    #expect(Self.rules.allSatisfy { RuleQuery().matches($0) })
  }

  @Test("every condition that is stated must hold")
  func conditions() {
    var query = RuleQuery()
    query.providers = ["github", "aws"]
    let two = Self.rules.filter { query.matches($0) }
    #expect(Set(two.map(\.provider)) == ["github", "aws"])
    query.severities = [.critical]
    let critical = two.filter { query.matches($0) }
    #expect(!critical.isEmpty && critical.count < two.count)
    #expect(critical.allSatisfy { $0.severity == .critical })
    query.confidences = [.low]
    #expect(Self.rules.filter { query.matches($0) }.allSatisfy { $0.confidence == .low })
    query.confidences = []
    query.tags = ["no-such-tag"]
    #expect(!Self.rules.contains { query.matches($0) })
  }

  @Test("text is looked for in any case, in the name too")
  func text() {
    var query = RuleQuery()
    query.text = "GITHUB personal"
    #expect(Self.rules.filter { query.matches($0) }.contains { $0.id == "github-pat" })
  }
}
