import Foundation
import Testing

/// A vault on a small file system of its own that really runs full.
@Suite("Full disk")
struct FullDiskTests {
  /// Runs a script in a namespace where it may mount a small file system at `disk`.
  private func shell(_ script: String) throws -> Sluice.Outcome? {
    let vault = try VaultFolder("true")
    let inner =
      vault.environment + """
        export SLUICE_HOME="$PWD/disk/home"
        mkdir disk && mount -t tmpfs -o size=20m none disk || exit 77
        # Leaves so many kilobytes free.
        leave() {
          free=$(df -k --output=avail disk | tail -n 1)
          head -c $(((free - $1) * 1024)) /dev/zero >> disk/filler-$1
        }
        sluice vault init > /dev/null 2>&1
        printf 'a value' | sluice vault put p > /dev/null

        """ + script
    let file = try vault.folder.file("script.sh", "sluice() { '\(Sluice.path)' \"$@\"; }\n" + inner)
    let map = getuid() == 0 ? "" : "-r"
    let outcome = try vault.shell("unshare -m \(map) sh '\(file)'")
    guard outcome.status == 77 || outcome.errors.contains("unshare") else { return outcome }
    #expect(ProcessInfo.processInfo.environment["CI"] == nil, "no file system can be mounted")
    return nil
  }

  @Test("G8: alarm early, then no secret is given out; revoking and the filter go on")
  func runsFull() throws {
    let outcome = try shell(
      """
      leave 1500; sluice vault get p; echo " $?"
      sluice audit list --operation audit.space-alarm | wc -l
      leave 330; sluice vault get p; echo " $?"
      printf 'another' | sluice vault put q > /dev/null; echo " $?"
      printf 'key \(Fake.token)\\n' | sluice filter
      leave 180; sluice vault get p; echo " $?"
      sluice revoke p > /dev/null; echo " $?"
      rm disk/filler-330 disk/filler-1500 disk/filler-180
      printf 'third' | sluice vault put q > /dev/null; sluice vault get q; echo " $?"
      sluice audit verify | tail -n 1
      """)
    guard let outcome else { return }
    let lines = outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(
      lines == [
        "a value 0", "2", "3", "3", "key \(Fake.label)", "3", "0", "third 0", "intact",
      ], "\(outcome.text) \(outcome.errors)")
    #expect(outcome.errors.contains("warning: the vault's file system has 1 MB left"))
    #expect(outcome.errors.contains("no secret is given out or taken in"))
  }

  @Test("G8: to the last byte, what cannot be recorded does not happen, and nothing is lost")
  func lastByte() throws {
    let outcome = try shell(
      """
      head -c 30m /dev/zero > disk/filler 2> /dev/null
      sluice vault get p; echo " $?"
      printf 'another' | sluice vault put q; echo " $?"
      printf 'key \(Fake.token)\\n' | sluice filter
      rm disk/filler
      sluice vault get p; echo " $?"; sluice audit verify | tail -n 1
      """)
    guard let outcome else { return }
    let lines = outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(
      lines == ["3", "3", "key \(Fake.label)", "a value 0", "intact"],
      "\(outcome.text) \(outcome.errors)")
  }
}
