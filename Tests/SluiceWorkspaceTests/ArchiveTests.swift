import Foundation
import SluiceRules
import TestSupport
import Testing

@testable import SluiceWorkspace

@Suite("Archives", .enabled(if: Programs.areThere("zip", "bzip2", "xz", "zstd"), "no zip, zstd …"))
struct ArchiveTests {
  private let folder: Folder
  private let secret: String

  init() throws {
    folder = try Folder()
    secret = try TestRules.secret(seed: 1)
    try folder.write("in/a.env", "A=1\nTOKEN=\(secret)\n")
    try folder.write("in/sub/b.json", "{\"x\": {\"token\": \"\(secret)\"}}")
    try folder.write("in/clean.txt", "nothing\n")
  }

  private func shell(_ script: String) throws {
    try folder.run(["/bin/sh", "-c", "set -e; cd '\(folder.path)'; " + script])
  }

  private func scan(
    _ name: String, _ change: (inout Workspace.Options) -> Void = { _ in }
  ) async throws -> ScanTotals {
    var totals = try await TestRules.workspace(change).scan([
      WorkspacePath(folder.path + "/" + name)
    ])
    for index in totals.findings.indices {
      let path = totals.findings[index].path.bytes.dropFirst(folder.path.utf8.count + 1)
      totals.findings[index].path = WorkspacePath(bytes: Array(path))
    }
    return totals
  }

  @Test(
    "what is packed is found, with its place in the archive and in the document",
    arguments: [
      ("x.zip", "cd in; zip -qr ../x.zip ."), ("x.tar", "tar -C in -cf x.tar ."),
      ("x.tgz", "tar -C in -czf x.tgz ."), ("x.tar.bz2", "tar -C in -cjf x.tar.bz2 ."),
      ("x.tar.xz", "tar -C in -cJf x.tar.xz ."),
      ("x.tar.zst", "tar -C in -cf - . | zstd -q > x.tar.zst"),
      ("x.dat", "cd in; zip -qr ../x.zip . && mv ../x.zip ../x.dat"),
    ])
  func formats(name: String, script: String) async throws {
    try shell(script)
    let totals = try await scan(name)
    #expect(totals.problems.isEmpty)
    #expect(totals.documents == 3)
    try #require(totals.findings.count == 2, "\(totals.findings.map(\.path.text))")
    let names = totals.findings.map { $0.path.text.replacing("!/./", with: "!/") }
    #expect(names == ["\(name)!/a.env", "\(name)!/sub/b.json"])
    #expect(totals.findings.map(\.line) == [2, 1])
    #expect(totals.findings.map(\.structuralPath) == ["$.TOKEN", "$.x.token"])
    #expect(totals.findings.allSatisfy { $0.file.text == folder.path + "/" + name })
    #expect(!"\(totals.findings)".contains(secret.dropFirst(4)), "G3")
  }

  @Test(
    "a compressed file is scanned as what it would be without its ending",
    arguments: [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz"), ("zstd -q --rm", "zst")])
  func compressed(program: String, ending: String) async throws {
    try shell("\(program) in/sub/b.json; cat in/sub/b.json.\(ending) > c.\(ending)")
    let totals = try await scan("in/sub/b.json.\(ending)")
    #expect(totals.findings.map(\.path.text) == ["in/sub/b.json.\(ending)!/b.json"])
    #expect(totals.findings.map(\.structuralPath) == ["$.x.token"])
    #expect(try await scan("c.\(ending)").findings.map(\.path.text) == ["c.\(ending)!/c"])
  }

  @Test("archives in archives are opened up to a depth, which is told")
  func nested() async throws {
    try shell(
      """
      cd in; zip -qr ../1.zip .; cd ..; gzip 1.zip; tar -cf 3.tar 1.zip.gz; zip -q 4.zip 3.tar
      """)
    let totals = try await scan("4.zip")
    #expect(totals.findings.count == 2)
    #expect(totals.findings.first?.path.text == "4.zip!/3.tar!/1.zip.gz!/a.env")
    let shallow = try await scan("4.zip") { $0.archives.depth = 2 }
    #expect(shallow.findings.isEmpty)
    #expect(shallow.problems.map(\.problem).first?.contains("too many archives") == true)
    #expect(shallow.problemCount == 1)
    let none = try await scan("4.zip") { $0.archives.depth = 0 }
    #expect(none.skipCounts == [.binary: 1])
  }

  @Test(
    "a damaged or encrypted archive is told; what could be read is scanned; the scan goes on",
    arguments: [
      ("x.tgz", "tar -C in -czf y a.env sub clean.txt; head -c -20 y > x.tgz"),
      ("x.gz", "head -c 300000 /dev/urandom | gzip > y; head -c 200000 y > x.gz"),
      ("x.zip", "cd in; zip -q -P pass ../x.zip a.env"),
      ("x.xz", "xz -k in/a.env; head -c 40 in/a.env.xz > x.xz"),
      ("x.zst", "printf '\\050\\265\\057\\375junkjunkjunk' > x.zst"),
    ])
  func damaged(name: String, script: String) async throws {
    try shell(script)
    let totals = try await scan(name)
    #expect(totals.problemCount >= 1)
    #expect(totals.problems.allSatisfy { $0.problem.contains("cannot unpack '") })
    let all = try await TestRules.workspace().scan([folder.root])
    #expect(all.findings.count >= 2)
  }

  @Test("G5, G6: bombs end at a limit, which is told")
  func bombs() async throws {
    try shell("head -c 3000000 /dev/zero | tr '\\0' 'a' | gzip -9 > bomb.gz")
    let size = try await scan("bomb.gz") { $0.archives.unpackedBytes = 1_000_000 }
    #expect(size.problems.first?.problem.contains("more than 1000000 bytes") == true)
    #expect(size.problems.first?.remedy?.contains("--max-unpacked") == true)
    let ratio = try await scan("bomb.gz") {
      $0.archives.freeBytes = 100_000
      $0.archives.ratio = 50
    }
    #expect(ratio.problems.first?.problem.contains("50 times its size") == true)
    try shell("mkdir many; cd many; for i in $(seq 30); do : > $i; done; zip -q ../m.zip *")
    let members = try await scan("m.zip") { $0.archives.members = 20 }
    #expect(members.problems.first?.problem.contains("more than 20 members") == true)
    // Zeros are a tar without members to libarchive, and told all the same.
    try shell("head -c 3000000 /dev/zero > z; gzip -k z; tar -czf z.tgz z")
    #expect(try await scan("z.gz").skipCounts == [.binary: 1])
    // What is passed over counts, too.
    let skipped = try await scan("z.tgz") { $0.archives.unpackedBytes = 1_000_000 }
    #expect(skipped.problemCount == 1)
  }

  @Test(
    "random and cut bytes behind every beginning never trap", arguments: 0..<30 as Range<UInt64>)
  func fuzz(seed: UInt64) async throws {
    try shell("cd in; zip -qr ../f0 .; tar -czf ../f1 .; tar -cf ../f2 .; tar -cJf ../f3 .")
    var random = SplitMix64(state: seed)
    let names = ["f0.zip", "f1", "f2", "f3"]
    var bytes = Array(
      try Data(
        contentsOf: URL(filePath: folder.path + "/" + names[Int(seed % 4)])))
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
    }
    bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &random))
    try folder.write("broken", bytes)
    _ = try await scan("broken")
  }
}
