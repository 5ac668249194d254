/// What a document is to an agent platform or to what runs it.
package enum AgentDefinition: String, Sendable, CaseIterable {
  case mcp = "MCP server configuration"
  case claude = "Claude agent or settings"
  case openAI = "OpenAI assistant"
  case gemini = "Gemini agent or settings"
  case mistral = "Mistral agent"
  case crewAI = "CrewAI crew"
  case langGraph = "LangGraph application"
  case autoGen = "AutoGen configuration"
  case n8n = "n8n workflow"
  case dify = "Dify application"
  case flowise = "Flowise flow"
  case openAPI = "OpenAPI tool definition"
  case prompt = "prompt template"
  case environment = "environment file"
  case compose = "compose file"
  case kubernetes = "Kubernetes manifest"
  case helm = "Helm chart"
  case terraform = "Terraform configuration"
  case workflow = "CI workflow"
  case notebook = "notebook"

  private static let byName: [String: AgentDefinition] = [
    ".mcp.json": .mcp, "mcp.json": .mcp, ".mcprc": .mcp, "mcp_config.json": .mcp,
    "mcp_settings.json": .mcp, "claude_desktop_config.json": .mcp,
    "claude.md": .claude, "gemini.md": .gemini,
    "crew.yaml": .crewAI, "crew.yml": .crewAI, "langgraph.json": .langGraph,
    "oai_config_list": .autoGen, "oai_config_list.json": .autoGen,
    "agents.md": .prompt, "skill.md": .prompt, ".cursorrules": .prompt, ".windsurfrules": .prompt,
    "copilot-instructions.md": .prompt,
    ".env": .environment, ".envrc": .environment,
    "chart.yaml": .helm, ".gitlab-ci.yml": .workflow, "azure-pipelines.yml": .workflow,
    "bitbucket-pipelines.yml": .workflow, ".travis.yml": .workflow, ".drone.yml": .workflow,
    "jenkinsfile": .workflow, "cloudbuild.yaml": .workflow,
  ]
  private static let byEnding: [(ending: String, kind: AgentDefinition)] = [
    (".ipynb", .notebook), (".tf", .terraform), (".tfvars", .terraform), (".hcl", .terraform),
    (".tf.json", .terraform), (".env", .environment), (".prompt", .prompt), (".prompty", .prompt),
    (".mdc", .prompt), (".j2", .prompt), (".jinja", .prompt), (".jinja2", .prompt),
    (".mustache", .prompt), (".hbs", .prompt),
  ]
  private static let byFolder: [(folder: String, kind: AgentDefinition)] = [
    ("/.github/workflows/", .workflow), ("/.circleci/", .workflow), ("/.buildkite/", .workflow),
    ("/.claude/", .claude), ("/.gemini/", .gemini), ("/prompts/", .prompt),
  ]

  /// What the name of a file says; nil if it says nothing.
  package init?(named path: WorkspacePath) {
    let whole = "/" + path.text.lowercased()
    let name = String(whole[(whole.lastIndex(of: "/") ?? whole.startIndex)...].dropFirst())
    let isYAML = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    if let kind = Self.byName[name] {
      self = kind
    } else if let match = Self.byEnding.first(where: { name.hasSuffix($0.ending) }) {
      self = match.kind
    } else if let match = Self.byFolder.first(where: { whole.contains($0.folder) }) {
      self = match.kind
    } else if name.hasPrefix(".env.") {
      self = .environment
    } else if isYAML, name.hasPrefix("docker-compose") || name.hasPrefix("compose.") {
      self = .compose
    } else if isYAML, name.hasPrefix("values") || whole.contains("/templates/") {
      self = .helm
    } else {
      return nil
    }
  }

  /// What its content says; nil if it says nothing.
  init?(of values: [StructuredValue]) {
    let content = Content(values)
    guard let kind = Self.clues.first(where: { $0.holds(for: content) })?.kind else { return nil }
    self = kind
  }

  /// What tells a kind by content: all of it must be there.
  private struct Clue {
    let kind: AgentDefinition
    /// Beginnings of paths.
    var paths: [String] = []
    /// Endings of paths.
    var endings: [String] = []
    /// A path, and how one of its values may begin.
    var values: (path: String, beginnings: [String])?

    func holds(for content: Content) -> Bool {
      paths.allSatisfy { wanted in content.paths.contains { $0.hasPrefix(wanted) } }
        && endings.allSatisfy { wanted in content.paths.contains { $0.hasSuffix(wanted) } }
        && (values.map { wanted in
          content.texts[wanted.path].map { text in
            wanted.beginnings.contains { text.hasPrefix($0) }
          } ?? false
        } ?? true)
    }
  }

  private struct Content {
    let paths: [String]
    /// Short values of the outermost level.
    private(set) var texts: [String: String] = [:]

    init(_ values: [StructuredValue]) {
      paths = values.map(\.path)
      for value in values where value.content.count <= 64 && value.path.utf8.count <= 32 {
        texts[value.path] = String(decoding: value.content, as: UTF8.self).lowercased()
      }
    }
  }

  private static let clues: [Clue] = [
    Clue(kind: .mcp, paths: ["$.mcpServers."]), Clue(kind: .mcp, paths: ["$.mcp_servers."]),
    Clue(kind: .mcp, paths: ["$.mcp.servers."]),
    Clue(kind: .openAPI, paths: ["$.openapi"]), Clue(kind: .openAPI, paths: ["$.swagger"]),
    Clue(kind: .n8n, paths: ["$.nodes[", "$.connections."]),
    Clue(kind: .flowise, paths: ["$.nodes[0].data.", "$.edges["]),
    Clue(kind: .flowise, paths: ["$.nodes[0].data.inputs."]),
    Clue(kind: .dify, paths: ["$.app."], values: ("$.kind", ["app"])),
    Clue(kind: .kubernetes, paths: ["$.apiVersion", "$.kind"]),
    Clue(kind: .kubernetes, paths: ["$[0].apiVersion", "$[0].kind"]),
    Clue(kind: .langGraph, paths: ["$.graphs.", "$.dependencies["]),
    Clue(kind: .autoGen, values: ("$.provider", ["autogen"])),
    Clue(kind: .autoGen, endings: [".llm_config.config_list[0].model"]),
    Clue(kind: .crewAI, endings: [".role", ".goal", ".backstory"]),
    Clue(kind: .mistral, paths: ["$.completion_args."]),
    Clue(kind: .mistral, values: ("$.model", ["mistral", "codestral", "magistral", "ministral"])),
    Clue(kind: .claude, values: ("$.model", ["claude", "sonnet", "opus", "haiku"])),
    Clue(kind: .gemini, values: ("$.model", ["gemini", "models/gemini"])),
    Clue(kind: .gemini, paths: ["$.generationConfig."]),
    Clue(kind: .openAI, values: ("$.object", ["assistant"])),
    Clue(kind: .openAI, values: ("$.model", ["gpt-", "o1", "o3", "o4"])),
    Clue(kind: .openAI, paths: ["$.tools[0].function.name"]),
    Clue(kind: .compose, paths: ["$.services."], endings: [".image"]),
    Clue(kind: .workflow, paths: ["$.jobs."], endings: [".runs-on"]),
  ]
}
