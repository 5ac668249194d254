import Foundation
import SluiceRules
import Testing
import TestSupport

@testable import SluiceWorkspace

@Suite("Workspace")
struct WorkspaceTests {
  @Test("the findings and their order do not depend on the number of workers")
  func order() async throws {
    let folder = try Folder()
    let rules = TestRules.all.map(\.rule)
    for (index, rule) in rules.enumerated() where index.isMultiple(of: 3) {
      let text = try Recipe(
        rule.examples[0], seed: Recipe.seed(rule: rule.id, kind: "example", index: 0)
      ).text
      try folder.write("d\(index % 7)/e\(index % 5)/\(rule.id).txt", text)
    }
    let one = try await TestRules.workspace { $0.workers = 1 }.scan([folder.root])
    let many = try await TestRules.workspace { $0.workers = 5 }.scan([folder.root])
    #expect(one.findings == many.findings)
    #expect(one.bytes == many.bytes)
    #expect(one.findings.count >= rules.count / 3)
    #expect(one.findings == one.findings.sorted(by: ScanFinding.inOrder))
  }

  @Test("links, pipes and devices are skipped and counted; loops of links end")
  func specialFiles() async throws {
    let folder = try Folder()
    try folder.write("d/a.txt", "k\n")
    try folder.run(["/bin/ln", "-s", "..", folder.path + "/d/up"])
    try folder.run(["/bin/ln", "-s", "a.txt", folder.path + "/d/link"])
    try folder.run(["/usr/bin/mkfifo", folder.path + "/d/pipe"])
    let totals = try await TestRules.workspace().scan([folder.root])
    #expect(totals.documents == 1)
    #expect(totals.skipCounts == [.special: 3])
    #expect(totals.problemCount == 0)
  }

  @Test("what cannot be read is reported, and the scan goes on", .enabled(if: geteuid() != 0))
  func unreadable() async throws {
    let folder = try Folder()
    try folder.write("a.txt", "k\n")
    let secret = try folder.write("b.txt", "k\n")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: secret.text)
    let totals = try await TestRules.workspace().scan([folder.root])
    #expect(totals.documents == 1)
    #expect(totals.problems.map(\.problem) == ["cannot open '\(secret.text)': Permission denied"])
  }

  @Test("a path that is not there is reported as one that was named")
  func missing() async throws {
    let totals = try await TestRules.workspace().scan([WorkspacePath("/no/such/file")])
    #expect(totals.namedProblems == 1)
    #expect(totals.documents == 0)
  }

  @Test("names that are no UTF-8 are walked, and reported readably")
  func strangeNames() async throws {
    let folder = try Folder()
    let secret = try TestRules.secret(seed: 1)
    let script = #"printf '%s\n' "$1" > "$(printf "$2/\\377\\033[31m\\nname")""#
    try folder.run(["/bin/bash", "-c", script, "bash", secret, folder.path])
    let totals = try await TestRules.workspace().scan([folder.root])
    try #require(totals.findings.count == 1)
    let path = totals.findings[0].path
    #expect(path.bytes.contains(0xFF))
    let report = ScanReport(totals: totals, rules: TestRules.all.map(\.rule), version: "0")
    let text = try report.text(as: .text)
    #expect(text.contains("\u{FFFD}\\u{1b}[31m\\u{a}name"))
    #expect(!text.contains("\u{1B}"))
  }

  @Test("files over the limit are skipped and counted, never in silence")
  func sizeLimit() async throws {
    let folder = try Folder()
    try folder.write("small", "k\n")
    let large = try folder.write("large", String(repeating: "k\n", count: 100))
    let totals = try await TestRules.workspace { $0.largestFile = 100 }.scan([folder.root])
    #expect(totals.documents == 1)
    #expect(totals.skips == [ScanTotals.Skip(path: large, reason: .tooLarge)])
  }

  @Test("a folder that is named twice is found twice, and equal places have numbers")
  func occurrences() async throws {
    let folder = try Folder()
    let secret = try TestRules.secret(seed: 1)
    try folder.write("a", "k = \(secret)\nk = \(secret)\nx = \(secret)\n")
    let totals = try await TestRules.workspace().scan([folder.root])
    #expect(totals.findings.map(\.occurrence) == [1, 2, 1])
  }
}

@Suite("Baseline")
struct BaselineTests {
  private func totals(_ text: String, hasKey: Bool) async throws -> ScanTotals {
    let folder = try Folder()
    try folder.write("a", text)
    var totals = try await TestRules.workspace(hasKey: hasKey).scan([folder.root])
    for index in totals.findings.indices { totals.findings[index].path = WorkspacePath("a") }
    return totals
  }

  @Test(
    "what it knows does not count, what is new does, what is gone is told",
    arguments: [false, true])
  func compare(hasKey: Bool) async throws {
    let (first, second) = (try TestRules.secret(seed: 1), try TestRules.secret(seed: 2))
    let key = hasKey ? "key" : nil
    let old = try await totals("a = \(first)\nb = \(second)\n", hasKey: hasKey)
    let written = try Baseline(of: old.findings, key: key).encoded()
    var planted = MarkedText()
    for secret in [first, second] { planted.plant(secret.utf8, rule: "github-pat") }
    let search = LeakSearch(planted.planted)
    #expect(search.leaks(in: written).isEmpty, "G3")
    let baseline = try Baseline(written, path: "b", key: key)
    var new = try await totals(
      "\n\na = \(first)\nc = \(try TestRules.secret(seed: 3))\n", hasKey: hasKey)
    #expect(baseline.apply(to: &new) == 1)
    #expect(new.findings.map(\.line) == [4])
    #expect(new.baselined == 1)
  }

  @Test("with a key, another secret in the place of a known one is new")
  func replaced() async throws {
    let old = try await totals("a = \(try TestRules.secret(seed: 1))\n", hasKey: true)
    var new = try await totals("a = \(try TestRules.secret(seed: 2))\n", hasKey: true)
    #expect(Baseline(of: old.findings, key: "k").apply(to: &new) == 1)
    #expect(new.findings.count == 1)
  }

  @Test("a file of another key, or of none, or that is no baseline is refused")
  func refused() throws {
    let written = try Baseline(of: [], key: "one").encoded()
    #expect(throws: Baseline.Failure.self) { try Baseline(written, path: "b", key: nil) }
    #expect(throws: Baseline.Failure.self) { try Baseline(written, path: "b", key: "two") }
    #expect(throws: Baseline.Failure.self) { try Baseline(Array("{}".utf8), path: "b", key: nil) }
    #expect(throws: Never.self) { try Baseline(written, path: "b", key: "one") }
  }
}
