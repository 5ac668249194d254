import Foundation
import SluiceRules
import Testing

@testable import SluiceWorkspace

@Suite("Agent definitions")
struct DefinitionTests {
  /// `§` stands for a secret.
  @Test(
    "each kind is recognised, and a finding in it has its structural path",
    arguments: [
      (".mcp.json", #"{"mcpServers":{"a":{"env":{"T":"§"}}}}"#, .mcp, "$.mcpServers.a.env.T"),
      ("x.json", #"{"mcpServers":{"a":{"env":{"T":"§"}}}}"#, .mcp, "$.mcpServers.a.env.T"),
      (".claude/settings.json", #"{"env":{"T":"§"}}"#, .claude, "$.env.T"),
      (".claude/agents/a.md", "---\nname: a\ntoken: §\n---\nYou are.\n", .claude, "$.token"),
      ("a.json", #"{"model":"claude-x","env":"§"}"#, .claude, "$.env"),
      ("a.json", #"{"object":"assistant","metadata":{"k":"§"}}"#, .openAI, "$.metadata.k"),
      (".gemini/settings.json", #"{"k":"§"}"#, .gemini, "$.k"),
      (
        "a.json", #"{"model":"mistral-large","completion_args":{"k":"§"}}"#, .mistral,
        "$.completion_args.k"
      ),
      (
        "agents.yaml", "writer:\n  role: r\n  goal: g\n  backstory: b\n  token: §\n", .crewAI,
        "$.writer.token"
      ),
      ("langgraph.json", #"{"graphs":{"a":"b"},"env":{"T":"§"}}"#, .langGraph, "$.env.T"),
      ("OAI_CONFIG_LIST", #"[{"model":"m","api_key":"§"}]"#, .autoGen, "$[0].api_key"),
      (
        "w.json", #"{"nodes":[{"p":{"token":"§"}}],"connections":{"a":{"main":1}}}"#, .n8n,
        "$.nodes[0].p.token"
      ),
      ("d.yml", "kind: app\napp: {name: x}\nworkflow: {t: §}\n", .dify, "$.workflow.t"),
      (
        "f.json", #"{"nodes":[{"data":{"inputs":{"k":"§"}}}],"edges":[1]}"#, .flowise,
        "$.nodes[0].data.inputs.k"
      ),
      ("t.yaml", "openapi: 3.1.0\npaths: {x: {k: §}}\n", .openAPI, "$.paths.x.k"),
      ("prompts/a.md", "---\nk: §\n---\n", .prompt, "$.k"),
      (".env.local", "T=§\n", .environment, "$.T"),
      (
        "docker-compose.yml", "services:\n  a:\n    environment:\n      - T=§\n", .compose,
        "$.services.a.environment[0]"
      ),
      (
        "s.yaml", "apiVersion: v1\nkind: Secret\nstringData: {t: §}\n", .kubernetes,
        "$.stringData.t"
      ),
      ("chart/values.yaml", "token: §\n", .helm, "$.token"),
      ("m.tf", "variable \"t\" {\n  default = \"§\"\n}\n", .terraform, "$.variable.t.default"),
      ("x.tfvars", "m = {\n  t = \"§\"\n}\n", .terraform, "$.m.t"),
      (
        ".github/workflows/a.yml", "jobs:\n  b:\n    env:\n      T: §\n", .workflow,
        "$.jobs.b.env.T"
      ),
      (".gitlab-ci.yml", "variables:\n  T: §\n", .workflow, "$.variables.T"),
      ("n.ipynb", #"{"cells":[{"source":["t='§'"]}]}"#, .notebook, "$.cells[0].source[0]"),
    ] as [(String, String, AgentDefinition, String)])
  func kinds(name: String, template: String, kind: AgentDefinition, path: String) async throws {
    let folder = try Folder()
    let secret = try TestRules.secret(seed: 4)
    try folder.write(name, template.replacing("§", with: secret))
    let totals = try await TestRules.workspace().scan([folder.root])
    #expect(totals.unparsedCount == 0)
    try #require(totals.findings.count == 1, "\(totals.findings.map(\.ruleID))")
    #expect(totals.findings[0].definition == kind)
    #expect(totals.findings[0].structuralPath == path)
    let report = ScanReport(totals: totals, rules: TestRules.all.map(\.rule), version: "0")
    #expect(try report.text(as: .text).contains(kind.rawValue))
  }

  @Test("a key over several lines of a cell is found where it stands in the notebook")
  func cells() async throws {
    let folder = try Folder()
    let rule = try #require(TestRules.all.first { $0.rule.id == "private-key" }?.rule)
    let key = String(decoding: try Recipe(rule.examples[0], seed: 2).text, as: UTF8.self)
    let lines = key.split(separator: "\n").map { "\"\($0)\\n\"" }.joined(separator: ",\n")
    let text = "{\"cells\":[{\"source\":[\n\(lines)\n]}]}\n"
    try folder.write("n.ipynb", text)
    let findings = try await TestRules.workspace().scan([folder.root]).findings
    try #require(findings.count == 1, "\(findings)")
    #expect(findings[0].line == 3)
    #expect(findings[0].structuralPath == "$.cells[0].source[1]")
    let range = try #require(findings[0].byteRange)
    let found = String(decoding: Array(text.utf8)[range], as: UTF8.self)
    #expect(found.hasPrefix("MII") && found.contains("\\n\",\n\"") && !found.contains("-----"))
  }

  @Test(
    "Terraform: blocks, objects, lists, templates, comments, heredocs and functions have places",
    arguments: [
      ("a = [\"x\", \"¶\"]\n", "$.a[1]"),
      ("a \"b\" \"c\" { d { password = \"¶\" } }\n", "$.a.b.c.d.password"),
      ("p = jsonencode({ password = \"¶\" })\n", "$.p[0].password"),
      ("# password = \"no\"\n/* x = \"\n */\npassword = \"¶\" // y\n", "$.password"),
      ("x = \"${var.a[\"b\"]}\"\npassword = \"¶\"\n", "$.password"),
    ])
  func terraform(template: String, path: String) throws {
    let bytes = Array(template.replacing("¶", with: "kJ8mPq2vL9xQ7w").utf8)
    let values = try #require(HCLValues.all(in: bytes, hiding: SecretRanges([])))
    let value = try #require(values.first { $0.content.elementsEqual("kJ8mPq2vL9xQ7w".utf8) })
    #expect(value.path == path)
    #expect(bytes[value.range].elementsEqual(value.content))
  }

  @Test("random Terraform never traps", arguments: 0..<40 as Range<UInt64>)
  func fuzz(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let pieces = [
      "{", "}", "[", "]", "(", ")", "=", ":", ",", "\"", "\\", "\n", " ", "#", "/", "/*", "*/",
      "<<",
      "<<-E\n", "E\n", "${", "%{", "a", "password", "é", "\r", "'",
    ]
    let text = (0..<Int.random(in: 1...150, using: &random))
      .map { _ in pieces[Int.random(in: pieces.indices, using: &random)] }.joined()
    for value in HCLValues.all(in: Array(text.utf8), hiding: SecretRanges([])) ?? [] {
      #expect(value.range.upperBound <= text.utf8.count)
    }
    _ = FrontMatter.all(in: Array(("---\n" + text).utf8), hiding: SecretRanges([]))
  }
}
