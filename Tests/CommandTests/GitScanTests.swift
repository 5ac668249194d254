import Foundation
import TestSupport
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

  @Test("a repository that lacks objects is told, and the rest of its history is scanned")
  func missingObjects() throws {
    let outcome = try git(
      """
      printf 'k = %s\n' "$token" > a; git add a; git commit -qm 1
      printf 'lost\n' > b; git add b; git commit -qm 2; lost=$(git rev-parse :b)
      printf 'x = %s\n' "$other" > c; git add c; git commit -qm 3
      rm -f ".git/objects/$(echo "$lost" | cut -c1-2)/$(echo "$lost" | cut -c3-)"
      sluice scan --git --format csv; echo "status $?"
      sluice scan --git --strict -q > /dev/null; echo "strict $?"
      git update-index --add --cacheinfo 100644,$(echo 1 | git hash-object --stdin),gone
      sluice scan --staged; echo "staged $?"
      """)
    #expect(outcome.text.contains("a,1,5,github-pat") && outcome.text.contains("c,1,5,github-pat"))
    for word in ["status 1", "strict 3", "staged 0"] {
      #expect(outcome.text.contains(word), "\(outcome.text)")
    }
    #expect(outcome.errors.contains("unable to read") || outcome.errors.contains("git log failed"))
    #expect(outcome.errors.contains("the repository lacks the object"))
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
      sluice hook install pre-commit && sluice hook install pre-commit
      printf 'k = %s\\n' "$token" > f && git add f
      git commit -qm leak 2>&1 && echo committed
      printf 'clean\\n' > f && git add f && git commit -qm clean 2>&1 && echo committed
      sluice hook uninstall pre-commit && cat .git/hooks/pre-commit
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

  @Test("before a push, what the remote does not have is scanned; the hook before it runs first")
  func prePush() throws {
    let outcome = try git(
      """
      git init -q --bare there.git; printf 'there.git\n' >> .git/info/exclude
      git remote add origin "$1/there.git"
      printf '#!/bin/sh\nsed "s/^/before /"\n' > .git/hooks/pre-push; chmod +x .git/hooks/pre-push
      sluice hook install >/dev/null
      printf 1 > f; git add f; git commit -qm 1; git push -q origin main 2>&1 && echo pushed
      printf 'k = %s\n' "$token" > g; git add g; git commit -q --no-verify -m leak
      git rm -q g; git commit -qm gone; git push -q origin main 2>&1 || echo refused
      git push -q --no-verify origin main:other && git push -q origin main 2>&1 && echo known
      git push -q origin :other 2>&1 && echo deleted; git push -q origin --tags && echo nothing
      sluice hook uninstall
      """)
    let text = outcome.text
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(text.contains("before refs/heads/main"))
    #expect(text.contains("k = \(Fake.label)") && text.contains("refused"))
    for word in ["pushed", "known", "deleted", "nothing", "the hook before it is back"] {
      #expect(text.contains(word), "\(word) in \(text)")
    }
    #expect(!Fake.leaks(into: text), "G3")
  }

  @Test("what git gives to no hook is status 3")
  func prePushInput() throws {
    let outcome = try git("printf 'a b c d\n' | sluice scan --pre-push origin")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("cannot read what git push printed"))
  }

  @Test("an archive in the index is opened, and one with damage is told")
  func stagedArchive() throws {
    let outcome = try git(
      """
      printf 'k = %s\n' "$token" > f; tar -czf a.tgz f; head -c 40 a.tgz > b.tgz; rm f; git add -A
      sluice scan --staged --format csv; echo $?; sluice scan --staged --strict -q; echo $?
      git commit -qm packed; git rm -q a.tgz; git commit -qm gone
      sluice scan --git --format jsonl | grep -c '"archive":"a.tgz".*"author":"Ann'
      """)
    #expect(outcome.text.contains("a.tgz!/f,1,5,github-pat"))
    #expect(outcome.text.hasSuffix("\n3\n1\n"), "\(outcome.text)")
    #expect(outcome.errors.contains("cannot unpack 'b.tgz'"))
  }

  @Test("an archive in history is opened: its finding has the commit and the path inside")
  func historyArchive() throws {
    let outcome = try git(
      """
      mkdir d && printf 'a = 1\nk = %s\n' "$token" > d/app.env && tar -czf d/inner.tgz d/app.env
      rm d/app.env && zip -qr data.zip d && rm -r d && git add . && git commit -qm packed
      git rm -q data.zip && git commit -qm gone
      sluice scan --git --format jsonl; git log --format=%H -1 HEAD~1; sluice scan --git
      sluice scan --git -q --archive-depth 0; echo "unopened $?"
      """)
    let lines = outcome.text.split(separator: "\n")
    try #require(lines.count > 3, "\(outcome.text) \(outcome.errors)")
    for part in [
      "\"archive\":\"data.zip\"", "\"path\":\"data.zip!/d/inner.tgz!/d/app.env\"", "\"line\":2",
      "\"commit\":\"\(lines[1])\"", "\"author\":\"Ann <ann@example.org>\"",
      "\"date\":\"2026-01-02T03:04:05", "k = \(Fake.label)",
    ] {
      #expect(lines[0].contains(part), "\(part) in \(lines[0])")
    }
    #expect(
      lines[2].hasPrefix("data.zip!/d/inner.tgz!/d/app.env  \(lines[1].prefix(12))  Ann"),
      "\(lines[2])")
    #expect(lines.last == "unopened 0")
    #expect(!Fake.leaks(into: outcome.text), "G3")
  }

  @Test(
    "the real pre-commit program refuses a commit with a secret, by both hooks",
    .enabled(if: Programs.areThere("pre-commit"), "pre-commit is not installed"))
  func preCommit() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let manifest = root.appending(path: ".pre-commit-hooks.yaml").path
    let outcome = try git(
      """
      git init -q hooks && cp '\(manifest)' hooks/.pre-commit-hooks.yaml
      (cd hooks && git add . && git commit -qm hooks && git tag v1)
      printf 'hooks\nbin\n' >> .git/info/exclude
      mkdir bin && ln -s '\(Sluice.path)' bin/sluice && PATH="$1/bin:$PATH"
      printf 'repos:\n- repo: %s/hooks\n  rev: v1\n  hooks:\n' "$1" > .pre-commit-config.yaml
      printf '  - id: sluice-scan\n  - id: sluice-scan-files\n' >> .pre-commit-config.yaml
      pre-commit install >/dev/null && git add .pre-commit-config.yaml && git commit -qm 1 2>&1 || exit 7
      printf 'k = %s\n' "$token" > leak.env && git add leak.env
      git commit -qm leak 2>&1 && exit 8
      git reset -q && pre-commit run --all-files >/dev/null && echo clean
      """)
    #expect(outcome.status == 0, "\(outcome.text) \(outcome.errors)")
    #expect(outcome.text.components(separatedBy: Fake.label).count >= 3, "\(outcome.text)")
    #expect(outcome.text.hasSuffix("clean\n"))
    #expect(!Fake.leaks(into: outcome.text), "G3")
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
