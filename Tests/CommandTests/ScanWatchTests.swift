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

  @Test("a path that is not there is status 3")
  func missing() throws {
    #expect(try Sluice.run(["scan", "--watch", "/no/such/folder"]).status == 3)
  }
}
