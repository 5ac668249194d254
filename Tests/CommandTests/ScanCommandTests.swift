import Foundation
import Testing

@Suite("sluice scan")
struct ScanCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.file("leak.env", "A=1\nGITHUB_TOKEN=\(Fake.token)\n")
    _ = try folder.file("clean.txt", "nothing\n")
  }

  @Test("findings are status 1 and go to standard output, everything else to standard error")
  func findings() throws {
    let outcome = try Sluice.run(["scan", folder.path])
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("2:14"))
    #expect(outcome.text.contains("GITHUB_TOKEN=\(Fake.label)"))
    #expect(!Fake.leaks(into: outcome.text))
    #expect(outcome.errors.contains("1 finding in 1 file; 2 files"))
    #expect(!outcome.text.contains("\u{1B}") && !outcome.errors.contains("\u{1B}"))
  }

  @Test("nothing found is status 0 and no output")
  func clean() throws {
    let outcome = try Sluice.run(["scan", folder.path + "/clean.txt"])
    #expect(outcome.status == 0)
    #expect(outcome.output.isEmpty)
    #expect(try Sluice.run(["scan", "-q", folder.path + "/clean.txt"]).errors.isEmpty)
  }

  @Test("standard input is scanned as -, and without a path the current folder")
  func inputs() throws {
    let piped = try Sluice.run(["scan", "-"], input: Array("k=\(Fake.token)\n".utf8))
    #expect(piped.status == 1)
    #expect(piped.text.hasPrefix("standard input\n"))
    let here = try Sluice.shell("cd \"$1\" && sluice scan --format csv", [folder.path])
    #expect(here.status == 1)
    #expect(here.text.contains("\r\nleak.env,2,14,github-pat,"))
  }

  @Test(
    "every format is written without the secret",
    arguments: ["text", "json", "jsonl", "sarif", "csv", "junit", "github", "html"])
  func formats(format: String) throws {
    let outcome = try Sluice.run(["scan", "--format", format, folder.path])
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("github-pat"))
    #expect(!Fake.leaks(into: outcome.text), "G3")
  }

  @Test("a named path that cannot be read is status 3; the others are scanned")
  func missing() throws {
    let outcome = try Sluice.run(["scan", folder.path + "/none", folder.path])
    #expect(outcome.status == 3)
    #expect(outcome.text.contains(Fake.label))
    #expect(outcome.errors.contains("none': No such file"))
  }

  @Test("a document that is broken is scanned as text, and named with the reason")
  func broken() throws {
    for number in 0..<7 { _ = try folder.file("b\(number).json", "{\"password\": \n") }
    let outcome = try Sluice.run(["scan", folder.path])
    #expect(outcome.errors.contains("b0.json' is not what its name says: scanned as text\n"))
    #expect(outcome.errors.contains("so are 2 more; see --verbose"))
    #expect(outcome.errors.contains("7 not what the name says"))
    let verbose = try Sluice.run(["scan", "--verbose", folder.path])
    #expect(verbose.errors.contains("b6.json' is not what its name says"))
  }

  @Test("G5: a file of 100 MB takes the memory of a small one, and its last line is scanned")
  func boundedMemory() throws {
    _ = try folder.file("tokens", "\(Fake.token)\n")
    // The peak is the kernel's, in KiB, of the processes that python3 waited for.
    _ = try folder.file(
      "peak.py",
      """
      import resource, subprocess, sys
      subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], "w"), stderr=subprocess.DEVNULL)
      print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
      """)
    let outcome = try Sluice.shell(
      """
      cd "$1"; printf 'k = %s\n' "$(cat tokens)" > small.log
      { yes 'GET /index.html 200 user=42 took 17 ms' | head -c 100000000; printf '\n'; cat small.log; } > large.log
      for size in small large; do
        python3 peak.py $size.csv '\(Sluice.path)' scan -q --format csv $size.log; tail -n 1 $size.csv
      done
      """, [folder.path])
    let lines = outcome.text.replacing("\r\n", with: "\n").split(separator: "\n")
    try #require(lines.count == 4, "\(outcome.text)")
    #expect(lines[1].contains("small.log,1,5,github-pat"))
    #expect(lines[3].contains("large.log,2564104,5,github-pat"), "\(lines[3])")
    let (small, large) = (Int(lines[0]) ?? 0, Int(lines[2]) ?? .max)
    #expect(small > 1000 && large < small + 16_384, "KiB: \(small), \(large)")
  }

  @Test("a baseline is written, known findings are status 0, a new one is status 1")
  func baseline() throws {
    let file = folder.path + "/baseline.json"
    let script = "cd \"$1\" && sluice scan --baseline baseline.json"
    let written = try Sluice.shell(script + " --write-baseline", [folder.path])
    #expect(written.status == 0, "\(written.errors)")
    #expect(
      !Fake.leaks(into: String(decoding: try Sluice.bytes(ofFile: file), as: UTF8.self)), "G3")
    #expect(try Sluice.shell(script, [folder.path]).status == 0)
    _ = try folder.file("new.env", "OTHER=\(Fake.otherToken)\n")
    let new = try Sluice.shell(script, [folder.path])
    #expect(new.status == 1)
    #expect(new.text.contains("new.env") && !new.text.contains("leak.env"))
  }

  @Test("with a key, findings carry fingerprints and the mask shows them")
  func fingerprints() throws {
    let key = try folder.file("key", String(repeating: "k", count: 32))
    let outcome = try Sluice.run(
      ["scan", "--fingerprint-key", key, "--format", "jsonl", folder.path + "/leak.env"])
    #expect(outcome.text.contains("\"fingerprint\":\""))
    #expect(outcome.text.contains("[REDACTED:github-pat:"))
  }

  @Test("own rules are used and explained in the report")
  func ownRules() throws {
    let rules = try folder.file(
      "acme.yaml", "rules:\n  - id: acme\n    name: Acme key\n    regex: 'acme_[0-9]{8}'\n")
    let outcome = try Sluice.run(
      ["scan", "--rules", rules, "-"], input: Array("k acme_12345678\n".utf8))
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("[REDACTED:acme]"))
  }

  @Test("what cannot be read is told and counted, the rest is scanned; --strict makes it status 3")
  func unreadable() throws {
    // Root may read everything, and so becomes nobody.
    let outcome = try Sluice.shell(
      """
      chmod 755 "$1"; cd "$1"; chmod 644 leak.env clean.txt; mkdir closed; chmod 0 closed
      printf x > b.txt; chmod 0 b.txt; ln -s . loop
      run() { if [ "$(id -u)" = 0 ]; then setpriv --reuid 65534 --clear-groups "$@"; else "$@"; fi; }
      run \(Sluice.path) scan --format csv .; echo "status $?"
      run \(Sluice.path) scan -q --strict . >/dev/null; echo "strict $?"
      run \(Sluice.path) scan -q b.txt; echo "named $?"; chmod 700 closed
      """, [folder.path])
    #expect(outcome.text.contains("leak.env,2,14,github-pat"))
    for word in ["status 1", "strict 3", "named 3"] {
      #expect(outcome.text.contains(word), "\(outcome.text)")
    }
    #expect(outcome.errors.contains("cannot open 'b.txt': Permission denied"))
    #expect(outcome.errors.contains("cannot list 'closed': Permission denied"))
    #expect(outcome.errors.contains("2 not readable"))
  }

  @Test("skipped files are counted, and named with --verbose")
  func skipped() throws {
    _ = try folder.file("image", [0, 1, 2])
    let outcome = try Sluice.run(["scan", "--max-file-size", "10", "-v", folder.path])
    #expect(outcome.errors.contains("1 skipped (binary)"))
    #expect(outcome.errors.contains("leak.env': larger than the limit"))
    #expect(outcome.status == 0)
  }

  @Test(
    "wrong usage is status 2",
    arguments: [
      ["--format", "xml"], ["--write-baseline"], ["--rules", "/no/such"],
      ["--fingerprint-key", "/no"],
      ["--baseline", "/no/such/baseline"], ["--max-file-size", "1k"],
    ])
  func usage(arguments: [String]) throws {
    let outcome = try Sluice.run(["scan"] + arguments + [folder.path])
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("sluice: error: "))
  }

  @Test("a closed reader ends the scan without a word")
  func closedReader() throws {
    let outcome = try Sluice.shell("{ sluice scan \"$1\"; echo $? >&2; } | :", [folder.path])
    #expect(outcome.errors.contains("0") || outcome.errors.contains("1"))
    #expect(!outcome.errors.contains("error"))
  }
}
