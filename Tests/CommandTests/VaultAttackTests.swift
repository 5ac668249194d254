import Foundation
import Testing

/// What must fail, or hold, with the real program, its processes and a real file system.
@Suite("Attacks on sluice vault")
struct VaultAttackTests {
  @Test(
    "an agent reaches nothing beside its grant by another spelling of a path",
    arguments: [
      "prod/../db/key", "prod/./x", "prod//x", "prod/x/", "/prod/x", "PROD/x", "Prod/x", "prod/X",
      "prod/x%2f..", "pr\u{43E}d/x", "prod\u{2215}x", "prod/\u{445}", "prod/x\u{200B}", "prod/x ",
      "prod/*", "prod/**", "**", "db/key", "vault://other/prod/x", "vault://default/prod/../db/key",
      "vault://DEFAULT/prod/x", "vault://default/prod/x#0", "vault://default/prod/x#1x",
    ])
  func spellings(path: String) throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf granted-value | sluice vault put prod/x > /dev/null
      printf other-value | sluice vault put db/key > /dev/null
      sluice tenant create other
      printf third-value | sluice vault put vault://other/prod/x > /dev/null
      sluice agent create bot; sluice agent grant bot 'prod/x' --can read,inject > /dev/null
      sluice vault get '\(path)' --agent bot; echo "status $?"
      sluice run --agent bot --env K='\(path)' -- sh -c 'printf %s "$K" | rev'; echo "status $?"
      """)
    #expect(!outcome.text.contains("value") && !outcome.text.contains("eulav"), "\(outcome.text)")
    for status in outcome.text.split(separator: "\n") {
      #expect(["status 2", "status 4"].contains(status), "\(outcome.text) \(outcome.errors)")
    }
  }

  @Test("eight processes that write one secret make eight versions, each whole")
  func writers() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      for n in 1 2 3 4 5 6 7 8; do
        head -c 30000 /dev/zero | tr '\\0' $n | sluice vault put p --exact > put.$n & done
      for n in $(seq 400); do [ "$(cat put.* | wc -l)" = 8 ] && break; sleep 0.05; done
      cat put.* | sort -u | wc -l
      for n in 1 2 3 4 5 6 7 8; do
        sluice vault get "vault://default/p#$n" | fold -w 1 | sort | uniq -c | awk '{ print $1 }'; done
      sluice vault history p | grep -c current; sluice audit verify | tail -n 1
      """)
    #expect(
      outcome.text == "8\n" + String(repeating: "30000\n", count: 8) + "1\nintact\n",
      "\(outcome.text) \(outcome.errors)")
  }

  @Test(
    "G8: where the disk takes no more, a value is neither stored nor given out, and none is lost")
  func fullDisk() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf kept-value | sluice vault put p > /dev/null
      head -c 400000 /dev/urandom > large
      ( trap '' XFSZ; ulimit -f 300; sluice vault put q --exact < large; echo "status $?" )
      sluice vault list | grep -c '^q'; sluice vault get p; echo
      ( trap '' XFSZ; ulimit -f 1; sluice vault get p; echo "status $?" )
      sluice vault put q --exact < large > /dev/null; sluice audit verify | tail -n 1
      """)
    #expect(
      outcome.text == "status 3\n0\nkept-value\nstatus 3\nintact\n",
      "\(outcome.text) \(outcome.errors)")
  }

  private static var canChangeUser: Bool {
    geteuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
  }

  @Test("G8: a directory that cannot be written gives nothing out", .enabled(if: canChangeUser))
  func readOnly() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf kept-value | sluice vault put p > /dev/null
      if [ "$(id -u)" = 0 ]; then
        # The superuser is let through everywhere: somebody else has to try.
        chown -R 65534:65534 . ; chmod 711 .; cp '\(Sluice.path)' program; chmod 755 program
        as() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
      else cp '\(Sluice.path)' program; as() { "$@"; }; fi
      as ./program vault get p; echo
      chmod 500 home; chmod 400 home/*
      as ./program vault get p; echo "status $?"
      printf v | as ./program vault put p; echo "status $?"
      chmod 700 home; chmod 600 home/*; as ./program vault get p
      """)
    #expect(
      outcome.text == "kept-value\nstatus 3\nstatus 3\nkept-value",
      "\(outcome.text) \(outcome.errors)")
  }

  private static var canDumpCore: Bool {
    // Others may not look into a process that must not be dumped.
    geteuid() == 0
      && (ProcessInfo.processInfo.environment["CI"] != nil
        || FileManager.default.isExecutableFile(atPath: "/usr/bin/gcore"))
  }

  @Test(
    "G3: no core of sluice run or of its monitor holds a value, while the program has it",
    .enabled(if: canDumpCore), arguments: [("", 7771), ("script", 7772)])
  func coreOfRun(terminal: String, seconds: Int) throws {
    let vault = try VaultFolder()
    let run = "'\(Sluice.path)' run --env K=p --file F=p -- sleep \(seconds)"
    let outcome = try vault.shell(
      """
      openssl rand -hex 4000 > v; sluice vault put p < v > /dev/null
      part=$(head -c 2016 v | tail -c 16)
      \(terminal.isEmpty ? run : "script -qec \"\(run)\" /dev/null < /dev/null > /dev/null") &
      for n in $(seq 200); do pid=$(pgrep -f -x "sleep \(seconds)" -n) && \
        grep -q "$part" /proc/$pid/environ 2>/dev/null && break; sleep 0.05; done
      grep -c "$part" /proc/$pid/environ
      parent=$(ps -o ppid= -p $pid | tr -d ' '); outer=$parent
      [ -z "\(terminal)" ] || outer=$(ps -o ppid= -p $parent | tr -d ' ')
      gcore -o core $outer > /dev/null 2>&1; [ $outer = $parent ] || gcore -o core $parent > /dev/null 2>&1
      ls core.* | wc -l
      for text in "$part" "$(printf %s "$part" | base64 | head -c 20)"; do
        cat core.* /proc/$outer/environ /proc/$outer/cmdline /proc/$parent/environ | grep -c -- "$text"
      done
      kill $pid
      """)
    #expect(
      outcome.text == "1\n\(terminal.isEmpty ? 1 : 2)\n0\n0\n", "\(outcome.text) \(outcome.errors)")
  }
}
