import Foundation
import Testing

@Suite("sluice scan --watch")
struct ScanWatchTests {
  @Test("what changes is scanned again: written, renamed, in new folders, made clean")
  func changes() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("tokens", "\(Fake.token)\n\(Fake.otherToken)\n")
    // Each step waits for what the one before printed, for at most 20 seconds.
    let outcome = try Sluice.shell(
      """
      cd "$1"; mkdir w; t=$(sed -n 1p tokens); o=$(sed -n 2p tokens)
      seen() { n=0; until grep -q "$1" out err; do n=$((n+1)); [ $n -lt 200 ] || exit 9; sleep 0.1; done; }
      printf 'ignored.env\\n' > w/.sluiceignore; printf 'a = %s\\n' "$t" > w/first.env
      '\(Sluice.path)' scan --watch --format jsonl w > out 2> err & id=$!
      trap 'kill -KILL $id' EXIT
      seen 'watching 1 folder'; seen first.env
      printf 'b = %s\\n' "$o" > w/ignored.env; printf 'b = %s\\n' "$o" > w/second.env; seen second.env
      mkdir -p w/new/deep; printf 'c = %s\\n' "$t" > w/new/deep/third.env; seen third.env
      printf 'd = %s\\n' "$o" > moved; mv moved w/fourth.env; seen fourth.env
      printf 'clean\\n' > w/first.env; seen "nothing left in 'w/first.env'"
      rm w/second.env; seen "nothing left in 'w/second.env'"
      kill -TERM $id; trap - EXIT; wait $id; echo "status $?"; cat out
      """, [folder.path])
    #expect(outcome.text.hasPrefix("status 1\n"), "\(outcome.text)")
    #expect(!outcome.text.contains("ignored.env"))
    #expect(outcome.text.split(separator: "\n").count == 5, "each is told once: \(outcome.text)")
    #expect(!Fake.leaks(into: outcome.text), "G3")
  }

  @Test("a file that is written and never closed is scanned as it grows")
  func growing() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("tokens", "\(Fake.token)\n\(Fake.otherToken)\n")
    let outcome = try Sluice.shell(
      """
      cd "$1"; mkdir w; t=$(sed -n 1p tokens); o=$(sed -n 2p tokens)
      seen() { n=0; until grep -q "$1" out err; do n=$((n+1)); [ $n -lt 200 ] || exit 9; sleep 0.1; done; }
      '\(Sluice.path)' scan --watch --format jsonl w > out 2> err & id=$!
      trap 'kill -KILL $id' EXIT
      seen 'watching 1 folder'; exec 8> w/session.jsonl
      printf 'x\na = %s\n' "$t" >&8; seen '"line":2'
      printf 'half of it: %.12s' "$o" >&8; sleep 1.2; printf '%s\n' "${o#????????????}" >&8; seen '"line":3'
      kill -TERM $id; trap - EXIT; wait $id; echo "status $?"; cat out
      """, [folder.path])
    #expect(outcome.text.hasPrefix("status 1\n"), "\(outcome.text)")
    #expect(outcome.text.split(separator: "\n").count == 3, "each is told once: \(outcome.text)")
    #expect(!Fake.leaks(into: outcome.text), "G3")
  }

  @Test("a watch serves live statistics, and only a watch does")
  func metrics() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("tokens", "\(Fake.token)\n")
    let outcome = try Sluice.shell(
      """
      cd "$1"; mkdir w; t=$(cat tokens)
      seen() { n=0; until grep -q "$1" out err; do n=$((n+1)); [ $n -lt 200 ] || exit 9; sleep 0.1; done; }
      get() {
        curl -sS --max-time 20 "$(sed -n 's/.*metrics at //p' err)" |
          grep -E '^sluice_(findings|bytes)_total'
      }
      '\(Sluice.path)' scan --watch --metrics 0 w > out 2> err & id=$!
      trap 'kill -KILL $id' EXIT
      seen 'watching 1 folder'; get
      printf 'a = %s\\n' "$t" > w/first.env; seen first.env; sleep 0.3; get
      kill -TERM $id; trap - EXIT; wait $id; echo "status $?"
      '\(Sluice.path)' scan --metrics 0 w 2>&1 | head -n 1
      """, [folder.path])
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.first == "sluice_bytes_total 0", "\(outcome.text) \(outcome.errors)")
    #expect(lines.contains { $0.hasPrefix("sluice_findings_total{") && $0.hasSuffix(" 1") })
    #expect(lines.contains("sluice_bytes_total \(Fake.token.utf8.count + 5)"), "\(outcome.text)")
    #expect(lines.contains("status 1"))
    #expect(lines.last?.contains("--metrics needs --watch") == true)
    #expect(!Fake.leaks(into: outcome.text), "G3")
  }

  @Test("a watch alerts and has statistics like a filter, on SIGUSR1 and at its end (G3)")
  func alertsAndStatistics() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("tokens", "\(Fake.token)\n\(Fake.otherToken)\n")
    let script = try folder.file("page", "cat >> '\(folder.path)/alerts'\n")
    _ = try folder.file(
      "sluice.yaml",
      """
      alerts:
        queue: queue
        to:
          - command: [/bin/sh, '\(script)']
      """)
    let outcome = try Sluice.shell(
      """
      cd "$1"; mkdir w; t=$(sed -n 1p tokens); o=$(sed -n 2p tokens); : > alerts
      seen() { n=0; until grep -q "$1" out err alerts; do n=$((n+1)); [ $n -lt 200 ] || exit 9; sleep 0.1; done; }
      printf 'x\na = %s\n' "$t" > w/first.env
      '\(Sluice.path)' scan --watch --stats=json --config sluice.yaml w > out 2> err & id=$!
      trap 'kill -KILL $id' EXIT
      seen 'watching 1 folder'; seen '"path":"w/first.env"'
      kill -USR1 $id; seen '"findings":1'
      printf 'b = %s\n' "$o" > w/second.env; seen '"path":"w/second.env"'
      printf 'y\na = %s\n' "$t" > w/first.env
      printf 'allowed = %s # sluice:allow\n' "$o" > w/third.env; sleep 0.5
      kill -TERM $id; trap - EXIT; wait $id; echo "status $?"; cat alerts; grep seconds err | tail -n 1
      """, [folder.path])
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.first == "status 1", "\(outcome.text)")
    try #require(lines.count == 4, "a finding that stays is told once: \(outcome.text)")
    #expect(lines[1].contains("\"actions\":[\"report\"]") && lines[1].contains(Fake.label))
    for word in [
      "\"findings\":2", "\"findingsByRule\":{\"github-pat\":2}", "\"allowedFindings\":1",
      "\"records\":6", "\"confirmSeconds\":",
    ] {
      #expect(lines[3].contains(word), "\(word) in \(lines[3])")
    }
    #expect(!Fake.leaks(into: outcome.text))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/queue") == ["claim"])
  }

  @Test("--stats is for a watch")
  func statisticsWithout() throws {
    #expect(try Sluice.run(["scan", "--stats", "."]).status == 2)
  }

  @Test("a path that is not there is status 3")
  func missing() throws {
    #expect(try Sluice.run(["scan", "--watch", "/no/such/folder"]).status == 3)
  }
}
