import Foundation
import Testing

@Suite("sluice scan --fix")
struct ScanFixTests {
  private let vault: VaultFolder

  init() throws { vault = try VaultFolder() }

  private func write(_ name: String, _ text: String) throws {
    let file = vault.folder.path + "/" + name
    let folder = URL(filePath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }

  private func mcp() throws {
    try write(
      "demo/.mcp.json",
      """
      {
        "mcpServers": {
          "github": { "env": { "GITHUB_TOKEN": "\(Fake.token)" } },
          "other": { "env": { "GITHUB_TOKEN": "\(Fake.otherToken)", "LEVEL": "debug" } },
          "copy": { "headers": { "Authorization": "Bearer \(Fake.token)" } }
        }
      }

      """)
  }

  @Test("hard-coded secrets become references, the vault has them, a second scan is clean")
  func demo() throws {
    try mcp()
    let outcome = try vault.shell(
      """
      cd demo; git init -q . && cp .mcp.json ../before.json
      sluice scan --fix -q . && sluice scan -q . && echo clean
      sluice vault list; diff ../before.json .mcp.json | grep -c '^<'
      sluice vault get demo/mcp.json/mcpServers/github/env/GITHUB_TOKEN > ../value
      sluice vault get demo/mcp.json/mcpServers/copy/headers/Authorization > ../header
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = outcome.text
    #expect(text.contains("moved to vault://default/demo/mcp.json/mcpServers/other/env/"))
    #expect(text.contains("clean\n") && text.hasSuffix("\n3\n"), "\(text)")
    #expect(!Fake.leaks(into: text), "G3")
    let file = try Sluice.bytes(ofFile: vault.folder.path + "/demo/.mcp.json")
    let fixed = String(decoding: file, as: UTF8.self)
    #expect(!Fake.leaks(into: fixed))
    #expect(
      fixed.contains(
        "\"GITHUB_TOKEN\": \"vault://default/demo/mcp.json/mcpServers/other/env/GITHUB_TOKEN\", "
          + "\"LEVEL\": \"debug\""))
    #expect(try Sluice.bytes(ofFile: vault.folder.path + "/value") == Array(Fake.token.utf8))
    #expect(
      try Sluice.bytes(ofFile: vault.folder.path + "/header")
        == Array("Bearer \(Fake.token)".utf8))
  }

  @Test("--dry-run prints the change with every secret masked, and changes nothing")
  func dryRun() throws {
    try mcp()
    let outcome = try vault.shell(
      "cd demo; cp .mcp.json ../b; sluice scan --fix --dry-run .; echo $?; cmp ../b .mcp.json && "
        + "sluice vault list --json")
    let text = outcome.text
    #expect(text.hasPrefix("--- a/.mcp.json\n+++ b/.mcp.json\n@@ -1,7 +1,7 @@\n"))
    #expect(text.contains("-    \"github\": { \"env\": { \"GITHUB_TOKEN\": \"[REDACTED:github-pat"))
    #expect(text.contains("+    \"github\": { \"env\": { \"GITHUB_TOKEN\": \"vault://default/"))
    #expect(text.contains("\n1\n"), "findings are still there")
    #expect(outcome.errors.contains("would be moved into the vault"))
    #expect(!text.contains("\"path\""), "the vault is empty")
    #expect(!Fake.leaks(into: text), "G3")
  }

  @Test("a value that the vault has already is not stored twice; what cannot move says why")
  func again() throws {
    try write("a/one.yaml", "token: \(Fake.token)\n")
    try write("a/two.yaml", "token: \(Fake.token)\n")
    try write("a/text.txt", "take \(Fake.otherToken) for it\n")
    let outcome = try vault.shell(
      "cd a; sluice scan --fix --vault-prefix team/x .; echo $?; cat *.yaml; sluice vault list")
    let text = outcome.text
    #expect(text.contains("text.txt\n  1:6  [github-pat]  left: it stands in running text"))
    #expect(text.contains("\n1\n"), "something is left")
    let reference = "token: vault://default/team/x/one.yaml/token\n"
    #expect(text.contains(reference + reference), "\(text)")
    #expect(!Fake.leaks(into: text), "G3")
  }

  @Test("without a vault, nothing is changed and the hint says how to make one")
  func noVault() throws {
    try mcp()
    let outcome = try vault.shell(
      "cd demo; cp .mcp.json ../b; SLUICE_HOME=/nowhere sluice scan --fix .; s=$?; "
        + "cmp ../b .mcp.json && exit $s")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("sluice vault init"))
  }

  @Test(
    "wrong combinations are status 2",
    arguments: [
      ["--fix", "--staged"], ["--fix", "--git"], ["--fix", "-"], ["--dry-run", "."],
      ["--fix", "--format", "json"],
    ])
  func usage(arguments: [String]) throws {
    #expect(try Sluice.run(["scan"] + arguments).status == 2)
  }

  @Test("G9: killed at any instant, the file is the old one or the new one")
  func crash() throws {
    let lines = (0..<400).map { "k\($0): \($0.isMultiple(of: 2) ? Fake.token : Fake.otherToken)\n" }
    let old = lines.joined()
    try write("c/a.yaml", old)
    let made = try vault.shell("cd c; sluice scan --fix -q . > /dev/null; cat a.yaml")
    let new = made.text
    #expect(new.contains("vault://") && !Fake.leaks(into: new))
    var seen: Set<String> = []
    for step in 0..<6 {
      try write("c/a.yaml", old)
      _ = try vault.killed(
        ["scan", "--fix", "-q", "--vault-prefix", "c", vault.folder.path + "/c/a.yaml"], input: "",
        after: .milliseconds(150 * step))
      let file = try Sluice.bytes(ofFile: vault.folder.path + "/c/a.yaml")
      let text = String(decoding: file, as: UTF8.self)
      #expect(text == old || text.split(separator: "\n").allSatisfy { $0.contains("vault://") })
      seen.insert(text == old ? "old" : "new")
    }
    #expect(seen.contains("old"))
  }
}
