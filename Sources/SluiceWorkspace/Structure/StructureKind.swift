/// The structured formats, told by the file's name.
enum StructureKind: Sendable {
  /// JSON and YAML, of which JSON is nearly a part: MCP and agent definitions, compose, Kubernetes,
  /// workflows, notebooks.
  case yaml
  /// A key and a value a line, perhaps under headings: `.env`, properties, TOML, INI.
  case lines
  /// Terraform and its relatives.
  case hcl
  /// A text that may begin with YAML between two lines of hyphens: agents, prompts, skills.
  case frontMatter
  /// A Jupyter notebook, which is JSON.
  case notebook

  private static let byExtension: [String: StructureKind] = [
    "json": .yaml, "jsonc": .yaml, "yaml": .yaml, "yml": .yaml, "json5": .yaml,
    "webmanifest": .yaml, "ipynb": .notebook,
    "env": .lines, "properties": .lines, "toml": .lines, "ini": .lines, "cfg": .lines,
    "conf": .lines, "envrc": .lines, "tf": .hcl, "tfvars": .hcl, "hcl": .hcl, "md": .frontMatter,
    "mdc": .frontMatter, "prompty": .frontMatter, "prompt": .frontMatter,
  ]
  /// Written by machines, large, and without a value that a person put there.
  private static let lockFiles: Set<String> = [
    "package-lock.json", "composer.lock", "pnpm-lock.yaml", "npm-shrinkwrap.json",
  ]

  /// Nil if the file's name tells no structure.
  init?(_ path: WorkspacePath) {
    let name = String(decoding: path.name, as: UTF8.self).lowercased()
    guard !Self.lockFiles.contains(name) else { return nil }
    if name == ".env" || name.hasPrefix(".env.") {
      self = .lines
      return
    }
    if name == "oai_config_list" || name == ".mcprc" {
      self = .yaml
      return
    }
    guard let dot = name.lastIndex(of: "."),
      let kind = Self.byExtension[String(name[name.index(after: dot)...])]
    else { return nil }
    self = kind
  }

  /// YAML, JSON with comments, or a template of YAML, whose lines are read one by one.
  private static func yamlValues(
    in bytes: [UInt8], hiding secrets: SecretRanges
  ) -> [StructuredValue]? {
    if let values = YAMLValues.all(in: bytes, hiding: secrets) { return values }
    if let plain = JSONComments.blanked(bytes) {
      return YAMLValues.all(in: plain, hiding: secrets)
    }
    let marks = [Array("{{".utf8), Array("{%".utf8)]
    let isTemplate = bytes.indices.contains { index in
      bytes[index] == UInt8(ascii: "{") && marks.contains { bytes[index...].starts(with: $0) }
    }
    return isTemplate ? LineValues.all(in: bytes, hiding: secrets) : nil
  }

  /// Every value of the document.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - secrets: what was found in it; a key that is a secret is not shown.
  /// - Returns: the values by place; nil if the file is not what its name says.
  func values(in bytes: [UInt8], hiding secrets: SecretRanges) -> [StructuredValue]? {
    switch self {
    case .yaml: Self.yamlValues(in: bytes, hiding: secrets)
    case .notebook: YAMLValues.all(in: bytes, hiding: secrets)
    case .lines: LineValues.all(in: bytes, hiding: secrets)
    case .hcl: HCLValues.all(in: bytes, hiding: secrets)
    case .frontMatter: FrontMatter.all(in: bytes, hiding: secrets)
    }
  }
}
