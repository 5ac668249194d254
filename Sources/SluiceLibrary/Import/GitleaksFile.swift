internal import SluiceRules
internal import TOMLKit

extension ForeignFile {
  /// Reads the TOML of gitleaks and betterleaks.
  ///
  /// - Throws: `RuleImport.Failure`; the text of the file is not in it.
  init(toml text: String, named file: String) throws(RuleImport.Failure) {
    let root: TOMLTable
    do {
      root = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw .notReadable(file: file, line: Int(error.source.begin.line), format: "TOML")
    } catch {
      throw .notReadable(file: file, line: 0, format: "TOML")
    }
    guard let rules = root["rules"]?.array else { throw .noRules(file: file) }
    self.init(tool: "gitleaks", dialect: .re2)
    for value in rules {
      if let table = value.table { self.rules.append(Self.rule(table)) }
    }
    if root["extend"]?.table != nil {
      losses.append("it extends another file, which is not read")
    }
    let lists = Self.allowlists(of: root)
    if !lists.isEmpty { losses.append(Self.loss(of: lists)) }
  }

  private static func rule(_ table: TOMLTable) -> ForeignRule {
    let id = table["id"]?.string ?? ""
    var rule = ForeignRule(id: id, name: table["description"]?.string ?? id)
    rule.expression = table["regex"]?.string
    rule.secretGroup = table["secretGroup"]?.int.flatMap { $0 > 0 ? $0 : nil }
    rule.entropy = (table["entropy"]?.double ?? table["entropy"]?.int.map(Double.init))
      .flatMap { $0 > 0 ? $0 : nil }
    rule.keywords = strings(table["keywords"])
    rule.tags = strings(table["tags"])
    if table["path"] != nil {
      rule.obstacle =
        rule.expression == nil
        ? "it looks at paths, not at text" : "it holds for certain paths only"
    } else if table["required"] != nil {
      rule.obstacle = "it needs the finds of other rules nearby"
    } else if table["skipReport"]?.bool == true {
      rule.obstacle = "it is a part of other rules and reports nothing by itself"
    }
    // What betterleaks decides with expressions of its own.
    for key in ["filter", "prefilter", "validate", "validation"] where table[key] != nil {
      rule.losses.append("'\(key)' is left out")
    }
    let lists = allowlists(of: table)
    if !lists.isEmpty { rule.losses.append(loss(of: lists)) }
    return rule
  }

  private static func allowlists(of table: TOMLTable) -> [TOMLTable] {
    let old = [table["allowlist"]?.table, table["allowList"]?.table].compactMap { $0 }
    return old + (table["allowlists"]?.array.map { list in list.compactMap(\.table) } ?? [])
  }

  private static func loss(of lists: [TOMLTable]) -> String {
    let parts = [
      ("regexes", "expressions"), ("stopwords", "stop words"), ("paths", "paths"),
      ("commits", "commits"),
    ].compactMap { key, name -> String? in
      let count = lists.reduce(0) { $0 + strings($1[key]).count }
      return count > 0 ? "\(count) \(name)" : nil
    }
    return
      "its allow list (\(parts.joined(separator: ", "))) is left out: what it spares is found; "
      + "write what you need into 'allow' of the settings"
  }

  private static func strings(_ value: (any TOMLValueConvertible)?) -> [String] {
    value?.array.map { list in list.compactMap(\.string) } ?? []
  }
}
