import Foundation
import Testing

/// Repositories made with the real git.
@Suite("sluice scan of git")
struct GitScanTests {
  private let folder: TemporaryFolder
  private static let prepare = """
    cd "$1"; export HOME="$1" GIT_CONFIG_NOSYSTEM=1
    export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org
    export GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
    export GIT_AUTHOR_DATE=2026-01-02T03:04:05Z GIT_COMMITTER_DATE=2026-01-02T03:04:05Z
    token=$(sed -n 1p tokens); other=$(sed -n 2p tokens)

    """

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.file("tokens", "\(Fake.token)\n\(Fake.otherToken)\n")
    let made = try git("git init -q -b main . && echo tokens > .git/info/exclude")
    #expect(made.status == 0, "\(made.errors)")
  }

  private func git(
    _ script: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Sluice.Outcome {
    try Sluice.shell(Self.prepare + script, [folder.path], sourceLocation: sourceLocation)
  }

  @Test("--staged reports new lines of the index only, with their place in the file")
  func staged() throws {
    let outcome = try git(
      """
      printf 'a = 1\\nold = %s\\n' "$token" > f.py && git add f.py && git commit -qm one
      printf 'a = 1\\nold = %s\\nb\\nnew = %s\\n' "$token" "$other" > f.py && git add f.py
      printf 'later = %s\\n' "$other" > unstaged.py
      sluice scan --staged --format jsonl
      """)
    #expect(outcome.status == 1)
    let lines = outcome.text.split(separator: "\n")
    try #require(lines.count == 1, "\(outcome.text)")
    #expect(lines[0].contains("\"path\":\"f.py\""))
    #expect(lines[0].contains("\"line\":4"))
    #expect(lines[0].contains("\"start\":61"))
    #expect(!Fake.leaks(into: outcome.text), "G3")
  }

  @Test("--staged with nothing new is status 0; files, names and links of every kind pass")
  func stagedClean() throws {
    let outcome = try git(
      """
      printf 'x\\n' > a; printf 'bin\\000ary' > b; ln -s a link; printf '' > empty
      printf 'y\\n' > 'sp ace "q" é'; chmod +x a; git add -A; sluice scan --staged -q
      """)
    #expect(outcome.status == 0)
    #expect(outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test("--staged finds secrets in files with strange names and in those git calls binary")
  func stagedNames() throws {
    let outcome = try git(
      """
      printf '%s\\n' "$token" > 'sp ace "q" é'; printf '%s\\n' "$other" > hidden.txt
      printf 'hidden.txt -diff\\n' > .gitattributes; git add -A
      sluice scan --staged --format csv
      """)
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("\"sp ace \"\"q\"\" é\",1,1,github-pat"))
    #expect(outcome.text.contains("hidden.txt,1,1,github-pat"))
  }

  @Test("--git finds what any commit of any branch added, with commit, author and date")
  func history() throws {
    let outcome = try git(
      """
      printf 'one\\ntwo\\n' > f && git add f && git commit -qm one
      git checkout -qb side && printf 'one\\nk = %s\\ntwo\\n' "$token" > f && git commit -qam leak
      git rm -q f && git commit -qm gone && git checkout -q main
      printf 'x = %s\\n' "$other" > g && git add g && git commit -qm other && git rm -q g
      git commit -qm 'removed again' && id=$(git log --format=%H -1 side~1)
      sluice scan --git --format jsonl && exit 9; echo "$id"
      """)
    #expect(outcome.status == 0)
    let lines = outcome.text.split(separator: "\n")
    try #require(lines.count == 3, "\(outcome.text)")
    #expect(lines[0].contains("\"path\":\"f\"") && lines[0].contains("\"line\":2"))
    #expect(lines[0].contains("\"commit\":\"\(lines[2])\""))
    #expect(lines[0].contains("\"author\":\"Ann <ann@example.org>\""))
    #expect(lines[0].contains("\"date\":\"2026-01-02T03:04:05"))
    #expect(lines[1].contains("\"path\":\"g\""))
  }

  @Test("--git takes a range and a date, and sees what a merge itself brought in")
  func ranges() throws {
    let outcome = try git(
      """
      printf '1\\n' > f && git add f && git commit -qm one
      printf 'k = %s\\n' "$token" > old && git add old && git commit -qm two
      git checkout -qb side && printf '2\\n' > s && git add s && git commit -qm side
      git checkout -q main && printf '3\\n' > m && git add m && git commit -qm main
      git merge -q --no-commit side && printf 'evil = %s\\n' "$other" > s && git add s
      git commit -qm merge
      sluice scan -q --git HEAD~1..HEAD --format csv > range; echo $? >> range
      sluice scan -q --git --since 2030-01-01 > since; echo $? >> since
      cat range since
      """)
    #expect(outcome.text.contains("\r\ns,1,8,github-pat"), "\(outcome.text)")
    #expect(!outcome.text.contains("old,"))
    #expect(outcome.text.hasSuffix("\r\n1\n0\n"), "\(outcome.text)")
  }

  @Test(".sluiceignore counts for what git names")
  func ignored() throws {
    let outcome = try git(
      """
      mkdir fixtures && printf '%s\\n' "$token" > fixtures/f && printf 'fixtures/\\n' > .sluiceignore
      git add -A && sluice scan -q --staged && git commit -qm one && sluice scan -q --git
      """)
    #expect(outcome.status == 0, "\(outcome.text)")
  }

  @Test("what git cannot do is status 3 and says so")
  func failures() throws {
    let outside = try Sluice.shell("cd / && sluice scan --staged")
    #expect(outside.status == 3)
    #expect(outside.errors.contains("not a git repository"))
    let unknown = try git(
      "printf 1 > f; git add f; git commit -qm 1; sluice scan --git nothing..HEAD")
    #expect(unknown.status == 3)
    #expect(unknown.errors.contains("git log failed"))
    let option = try git("sluice scan --git -- --output=stolen; test -e stolen")
    #expect(option.status == 1, "a revision is never an option of git")
  }

  @Test("a shallow clone is reported")
  func shallow() throws {
    let outcome = try git(
      """
      for i in 1 2 3; do printf "$i" > f; git add f; git commit -qm $i; done
      git clone -q --depth 1 "file://$1" clone 2> /dev/null && cd clone && sluice scan --git
      """)
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("the clone is shallow"))
  }

  @Test("the hook refuses a commit with a secret, runs the hook before it, and goes away again")
  func hook() throws {
    let outcome = try git(
      """
      printf '#!/bin/sh\\necho before\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit
      sluice hook install && sluice hook install
      printf 'k = %s\\n' "$token" > f && git add f
      git commit -qm leak 2>&1 && echo committed
      printf 'clean\\n' > f && git add f && git commit -qm clean 2>&1 && echo committed
      sluice hook uninstall && cat .git/hooks/pre-commit
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = outcome.text
    #expect(text.contains("installed; the hook that was there runs first"))
    #expect(text.contains("is there already"))
    #expect(text.contains("k = \(Fake.label)"))
    #expect(text.components(separatedBy: "committed").count == 2)
    #expect(text.components(separatedBy: "before\n").count == 4, "\(text)")
    #expect(text.hasSuffix("the hook before it is back\n#!/bin/sh\necho before\n"))
    #expect(!Fake.leaks(into: text), "G3")
  }

  @Test("the hook goes where a work tree or core.hooksPath has it")
  func hookPlaces() throws {
    let outcome = try git(
      """
      printf 1 > f; git add f; git commit -qm 1; git worktree add -q tree
      (cd tree && sluice hook install); test -x .git/hooks/pre-commit || exit 8
      git config core.hooksPath hooks && sluice hook install && test -x hooks/pre-commit
      """)
    #expect(outcome.status == 0, "\(outcome.text) \(outcome.errors)")
  }
}
