import SluiceRules
import Testing
import TestSupport

@testable import SluiceWorkspace

@Suite("Ignore rules")
struct IgnoreTests {
  @Test(
    "a pattern fits what gitignore(5) says",
    arguments: [
      ("*.o", "a.o", true), ("*.o", "d/a.o", true), ("*.o", "a.ob", false),
      ("/a", "a", true), ("/a", "d/a", false), ("d/a", "d/a", true), ("d/a", "e/d/a", false),
      ("**/a", "a", true), ("**/a", "d/e/a", true), ("a/**", "a/b/c", true), ("a/**", "a", false),
      ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false),
      ("a**b", "axxb", true), ("a**b", "a/b", false), ("a?c", "abc", true), ("a?c", "a/c", false),
      ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[^a-c]x", "dx", true),
      ("[]]x", "]x", true), ("[[:digit:]]x", "7x", true), ("[[:digit:]]x", "ax", false),
      ("[a", "[a", false), ("\\#a", "#a", true), ("#a", "#a", false), ("\\!a", "!a", true),
      ("a ", "a", true), ("a\\ ", "a ", true), ("a\r", "a", true), ("", "a", false),
      ("*a*b*c*", "xaxbxcx", true), ("*a*b*c*", "xaxcxbx", false), ("f[a-]x", "f-x", true),
      ("a\\", "a\\", false), ("**", "a/b", true), ("/**/", "a", false),
    ] as [(String, String, Bool)])
  func pattern(text: String, path: String, fits: Bool) {
    let components = path.split(separator: "/").map { Array($0.utf8) }
    let pattern = IgnorePattern(Array(text.utf8)[...])
    #expect((pattern?.matches(components[...], isDirectory: false) ?? false) == fits)
  }

  @Test("a pattern that would make a backtracking matcher run away ends at once")
  func hostile() throws {
    let stars = try #require(Glob(Array(String(repeating: "*a", count: 200).utf8)[...]))
    #expect(!stars.matches(Array(repeating: UInt8(ascii: "a"), count: 199)))
    let depths = String(repeating: "**/a/", count: 100) + "b"
    let pattern = try #require(IgnorePattern(Array(depths.utf8)[...]))
    let path = Array(repeating: Array("a".utf8), count: 400)
    #expect(!pattern.matches(path[...], isDirectory: false))
  }

  @Test(
    "on random trees the walk takes exactly the files that git takes",
    arguments: 0..<12 as Range<UInt64>)
  func likeGit(seed: UInt64) async throws {
    var random = SplitMix64(state: seed)
    let folder = try Folder()
    try folder.git("init", "-q")
    let names = ["a", "b", "c.o", "d.txt", "build", "x y", "é", ".env", "#h", "a.o"]
    func name() -> String { names[Int.random(in: names.indices, using: &random)] }
    for _ in 0..<60 {
      let depth = Int.random(in: 0...3, using: &random)
      let path = ((0..<depth).map { _ in name() + "-d" } + [name()]).joined(separator: "/")
      // A name may be there as a directory already.
      _ = try? folder.write(path, "k\n")
    }
    let pieces = [
      "a", "*.o", "b", "!a.o", "build", "*-d/", "a-d/b", "/a", "**/a", "b-d/**", "!b-d/**/c.o",
      "a-d/**/b", "[a-c].o", "!*.txt", "# comment", "", "?", "*", "!*/", "x y", "\\#h", "é-d",
      ".env",
      "!/b", "c.o-d/*", "!**/d.txt", "/*-d/a", "b ",
    ]
    let directories = try folder.run([
      "/usr/bin/env", "find", folder.path, "-type", "d", "-not", "-path", "*/.git*",
    ])
    .split(separator: "\n").map { String($0.dropFirst(folder.path.count)) }
    for directory in directories where Int.random(in: 0..<3, using: &random) == 0 {
      let lines = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        pieces[Int.random(in: pieces.indices, using: &random)]
      }
      try folder.write("." + directory + "/.gitignore", lines.joined(separator: "\n") + "\n")
    }
    let expected = try folder.git("ls-files", "-co", "--exclude-standard", "-z")
      .split(separator: "\0").map(String.init).sorted()
    // Every file is a finding of the listing: a size limit of 0 bytes names them all.
    let workspace = try TestRules.workspace {
      $0.largestFile = 0; $0.workers = 2
    }
    let totals = try await workspace.scan([folder.root])
    let walked = totals.skips.map { String($0.path.text.dropFirst(folder.path.count + 1)) }.sorted()
    #expect(walked == expected, "seed \(seed)")
    #expect(totals.problemCount == 0)
  }

  @Test("ignore files above the walked folder, up to the top of its repository, count")
  func above() async throws {
    let folder = try Folder()
    try folder.git("init", "-q")
    try folder.write(".gitignore", "/sub/deep/a.txt\n*.log\n")
    try folder.write(".git/info/exclude", "c.txt\n")
    for name in ["a.txt", "b.log", "c.txt", "d.txt"] { try folder.write("sub/deep/" + name, "k\n") }
    let totals = try await TestRules.workspace().scan([
      folder.root.appending(Array("sub/deep".utf8))
    ])
    #expect(totals.documents == 1)
  }

  @Test(".sluiceignore comes after .gitignore and may take back in")
  func sluiceignore() async throws {
    let folder = try Folder()
    try folder.write(".gitignore", "*.env\n")
    try folder.write(".sluiceignore", "!a.env\nfixtures/\n")
    for name in ["a.env", "b.env", "fixtures/c", "d"] { try folder.write(name, "k\n") }
    let totals = try await TestRules.workspace { $0.largestFile = 0 }.scan([folder.root])
    let names = totals.skips.map { $0.path.text.dropFirst(folder.path.count + 1) }.sorted()
    #expect(names == [".gitignore", ".sluiceignore", "a.env", "d"])
    let all = try await TestRules.workspace { $0.respectsIgnoreFiles = false }.scan([folder.root])
    #expect(all.documents == 6)
  }
}
