package import SluiceRules

/// Which families of tokens our rules serve, of those that public sources know.
///
/// The families stand in `Fixtures/families.tsv`, one a line: provider, family, how many public
/// sources know it, and, where the provider's rules do not name it so, what we call it
/// (`provider/family`) or why no rule serves it (`none: reason`). The family `(any)` is one whose
/// sources do not say what it is; every rule of its provider serves it.
package struct FamilyCoverage: Sendable {
  package struct Family: Sendable, Hashable {
    package let provider: String
    package let name: String
    package let sources: Int
    /// The ids of the rules that serve it.
    package let rules: [String]
    /// Why there is no rule.
    package let reason: String?

    package var description: String { "\(provider): \(name)" }
  }

  /// A line of the list that cannot be read, by its number.
  package struct BrokenLine: Error, Hashable {
    package let line: Int
  }

  package let families: [Family]

  /// - Parameters:
  ///   - list: the text of `Fixtures/families.tsv`.
  ///   - rules: the rules that may serve a family.
  /// - Throws: `BrokenLine`.
  package init(list: String, rules: [Rule]) throws(BrokenLine) {
    let served = Served(rules)
    var families: [Family] = []
    for (index, line) in list.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty && !line.hasPrefix("#") {
      guard let family = served.family(in: line) else { throw BrokenLine(line: index + 1) }
      families.append(family)
    }
    self.families = families
  }

  /// Neither served nor explained.
  package var unexplained: [Family] {
    families.filter { $0.rules.isEmpty && $0.reason == nil }
  }

  /// Explained, although a rule serves them.
  package var explainedInVain: [Family] {
    families.filter { !$0.rules.isEmpty && $0.reason != nil }
  }

  /// The text of `Patterns/COVERAGE.md`.
  package var markdown: String {
    let missing = families.filter { $0.rules.isEmpty }
    var lines = [
      "# Coverage by families", "",
      "Made by `swift run make-fixtures --coverage Patterns/COVERAGE.md` from",
      "`Fixtures/families.tsv` and the `families` of the rules; a test compares it with them.", "",
      "\(families.count - missing.count) of \(families.count) families that three or more public "
        + "sources know have a rule.", "",
      "## Families without a rule", "", "| provider | family | sources | reason |",
      "|---|---|---|---|",
    ]
    lines += missing.map { row([$0.provider, $0.name, String($0.sources), $0.reason ?? ""]) }
    lines += [
      "", "## Families with a rule", "", "| provider | family | sources | rules |",
      "|---|---|---|---|",
    ]
    lines += families.filter { !$0.rules.isEmpty }.map {
      row([$0.provider, $0.name, String($0.sources), $0.rules.joined(separator: ", ")])
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}

/// The rules by what they serve.
private struct Served {
  private var byFamily: [String: [String]] = [:]
  private var byProvider: [String: [String]] = [:]

  init(_ rules: [Rule]) {
    for rule in rules {
      byProvider[rule.provider, default: []].append(rule.id)
      for family in rule.families {
        byFamily["\(rule.provider)/\(family)", default: []].append(rule.id)
      }
    }
  }

  func family(in line: Substring) -> FamilyCoverage.Family? {
    let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard (3...4).contains(cells.count), let sources = Int(cells[2]) else { return nil }
    let family = "\(cells[0])/\(cells[1])"
    let note = cells.count == 4 ? cells[3] : family
    let reason = note.hasPrefix("none: ") ? String(note.dropFirst("none: ".count)) : nil
    return FamilyCoverage.Family(
      provider: cells[0], name: cells[1], sources: sources,
      rules: rules(serving: reason == nil ? note : family), reason: reason)
  }

  private func rules(serving family: String) -> [String] {
    let parts = family.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[1] == "(any)" else { return byFamily[family] ?? [] }
    return byProvider[parts[0]] ?? []
  }
}
