import Foundation
import Testing

@Suite("sluice run")
struct RunCommandTests {
  private static let secret = "k9-Wm2?Tg&Yb\"R 4x"

  private func vault() throws -> VaultFolder {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      "sluice vault put prod/db --exact > /dev/null && cat > value", input: Self.secret)
    #expect(outcome.status == 0)
    _ = try vault.folder.file("value", Self.secret)
    return vault
  }

  // MARK: - The program's outputs, status and signals

  @Test("G3: both outputs are masked, each on its own, and the status is the program's")
  func masks() throws {
    let outcome = try Sluice.shell(
      "sluice run -- sh -c 'echo \"out $1\"; echo \"err $1\" >&2; exit 7' sh \"$1\"", [Fake.token])
    #expect(outcome.status == 7)
    #expect(outcome.text == "out \(Fake.label)\n")
    #expect(outcome.errors == "err \(Fake.label)\n")
  }

  @Test("G1: bytes of any kind pass as they are")
  func bytes() throws {
    let outcome = try Sluice.shell(
      """
      cd "$(mktemp -d)"; head -c 300000 /dev/urandom > in
      sluice run -- cat in > out; cmp in out; sluice run -- cat < in | cmp - in
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test(
    "who waits for it sees how the program ended",
    arguments: [
      ("true", "0"), ("exit 42", "42"), ("kill -TERM $$", "143"), ("kill -KILL $$", "137"),
      ("kill -HUP $$", "129"), ("kill -ABRT $$", "134"),
    ])
  func endings(script: String, status: String) throws {
    let outcome = try Sluice.shell("sluice run -- sh -c '\(script)' 2>/dev/null; echo $?")
    #expect(outcome.text == status + "\n")
    let core = try Sluice.shell("ls core* 2>/dev/null | wc -l").text
    #expect(core.trimmingCharacters(in: .whitespacesAndNewlines) == "0")
  }

  @Test("a program that is not there is 127, one that cannot be started 126, and none 2")
  func noProgram() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.file("plain", "text")
    let outcome = try Sluice.shell(
      "sluice run -- /no/such; echo $?; sluice run -- '\(plain)'; echo $?; sluice run; echo $?")
    #expect(outcome.text == "127\n126\n2\n")
    #expect(outcome.errors.contains("there is no program '/no/such'"))
  }

  @Test("a signal that is sent to sluice reaches the program", arguments: ["TERM", "HUP", "USR1"])
  func forwarded(signal: String) throws {
    let outcome = try Sluice.shell(
      """
      cd "$(mktemp -d)"
      ( '\(Sluice.path)' run -- sh -c '
          trap "echo got \(signal); exit 5" \(signal); echo $PPID > pid; echo up
          while :; do sleep 0.05; done' > out; echo "status $?" >> out ) &
      for n in $(seq 200); do grep -q up out 2>/dev/null && break; sleep 0.05; done
      kill -\(signal) $(cat pid)
      for n in $(seq 200); do grep -q status out && break; sleep 0.05; done; cat out
      """)
    #expect(outcome.text == "up\ngot \(signal)\nstatus 5\n", "\(outcome.errors)")
  }

  @Test("what the program's descendants print after its end is not lost")
  func descendants() throws {
    let outcome = try Sluice.shell(
      "sluice run -- sh -c '(sleep 0.4; echo \"late $1\") & echo early' sh \"$1\"; echo $?",
      [Fake.token])
    #expect(outcome.text == "early\nlate \(Fake.label)\n0\n")
  }

  @Test("a reader that is gone ends the program as in any pipe")
  func closedReader() throws {
    let outcome = try Sluice.shell("sluice run -- yes | head -n 1; echo done")
    #expect(outcome.text == "y\ndone\n")
    #expect(outcome.errors.isEmpty)
  }

  @Test("one output that nobody reads does not hold up the other")
  func blocked() throws {
    let outcome = try Sluice.shell(
      """
      cd "$(mktemp -d)"; mkfifo full; sleep 60 < full & sleeper=$!
      '\(Sluice.path)' run -- sh -c 'head -c 3000000 /dev/zero >&2 & echo through; wait' 2> full > out &
      for n in $(seq 200); do grep -q through out && break; sleep 0.05; done
      cat out; kill $sleeper
      """)
    #expect(outcome.text == "through\n")
  }

  // MARK: - Injection

  @Test(
    "a value reaches the program in every way, byte for byte",
    arguments: [
      ("--env K=vault://default/prod/db", "printf %s \"$K\""),
      ("--env K=prod/db", "printf %s \"$K\""),
      ("--file K=vault://default/prod/db#1", "cat \"$K\""),
      ("--fd 5=prod/db", "cat <&5"), ("--fd 63=prod/db", "cat /dev/fd/63"),
      ("--stdin prod/db", "cat"),
    ])
  func ways(options: String, reader: String) throws {
    let vault = try vault()
    let outcome = try vault.shell(
      "sluice run \(options) -- sh -c '\(reader) | cmp - value && echo \"the same\"'")
    #expect(outcome.text == "the same\n", "\(outcome.errors)")
  }

  @Test(
    "G3: what the program prints of a value is masked, plain and encoded, with its fingerprint",
    arguments: [
      "cat", "base64", "base64 | tr +/ -_", "od -An -tx1 | tr -d \" \\n\"", "od -An -tx1",
      "python3 -c \"import sys,json;print(json.dumps(sys.stdin.read()))\"",
      "python3 -c \"import sys,urllib.parse as u;print(u.quote(sys.stdin.read()))\"",
    ])
  func printed(encoder: String) throws {
    let vault = try vault()
    let outcome = try vault.shell(
      """
      f=$(sluice vault history prod/db --json | grep -o '"fingerprint":"[0-9a-f]*"' | cut -c 16-23)
      sluice run --env K=prod/db -- sh -c 'printf %s "$K" | \(encoder)' > printed
      grep -c "REDACTED:vault-secret:$f" printed; cat printed
      """)
    #expect(outcome.text.hasPrefix("1\n"), "\(outcome.text) \(outcome.errors)")
    #expect(outcome.text.utf8.count < 60)
  }

  @Test("default deny: without a grant to inject the program is not started")
  func grants() throws {
    let vault = try vault()
    let outcome = try vault.shell(
      """
      run() { sluice run "$@" --env K=prod/db -- sh -c 'echo started'; echo $?; }
      sluice agent create bot
      run --agent bot
      sluice agent grant bot 'prod/*' --can read > /dev/null; run --agent bot
      sluice agent grant bot 'prod/*' --can inject --context tool=psql > /dev/null; run --agent bot
      run --agent bot --context tool=psql
      sluice agent grant bot 'prod/*' --can inject --context tool=sh --uses 1 > /dev/null
      run --agent bot; run --agent bot
      sluice agent token bot > token
      sluice agent grant bot 'prod/*' --can inject > /dev/null; run --token-fd 4 4< token
      ( export SLUICE_TOKEN="$(cat token)"; sluice run --env K=prod/db -- \
        sh -c 'env | grep -c SLUICE_TOKEN; (cat <&4) 2>/dev/null | wc -c' )
      sluice audit list | grep -c 'secret.inject'
      """)
    #expect(
      outcome.text == "4\n4\n4\n4\nstarted\n0\n4\nstarted\n0\n0\n0\n8\n",
      "\(outcome.text) \(outcome.errors)")
    #expect(outcome.errors.contains("does not allow to inject"))
    #expect(outcome.errors.contains("asks for another tool than the request states"))
  }

  @Test("a definition file's references become values, in memory, and the file keeps its form")
  func definitions() throws {
    let vault = try vault()
    _ = try vault.folder.file(
      "mcp.json",
      #"""
      {"mcpServers": {"db": {"env": {"URL": "pg://app:${vault://default/prod/db}@db", "N": 1,
        "PW": "vault://default/prod/db#1"}}}}
      """#)
    _ = try vault.folder.file(
      "agent.yaml",
      "# vault://default/other stays\ntools:\n  - pw: vault://default/prod/db\n    ref: 'x vault://default/prod/db'\n"
    )
    _ = try vault.folder.file(
      "check.py",
      """
      import json, sys
      value = open('value').read()
      env = json.load(open(sys.argv[1]))['mcpServers']['db']['env']
      assert env == {'URL': 'pg://app:' + value + '@db', 'N': 1, 'PW': value}
      text = open(sys.argv[2]).read()
      assert text.startswith('# vault://default/other stays'), text
      quoted = json.dumps(value)
      assert '- pw: ' + quoted + '\\n' in text and "ref: 'x " + value + "'" in text, text
      print('as it should be', sys.argv[1].startswith('/proc/self/fd/'))
      """)
    let outcome = try vault.shell(
      """
      sluice run --resolve C=mcp.json --resolve A=agent.yaml -- python3 check.py '{C}' '{A}'
      cat > secrets.yaml <<'END'
      environment:
        PW: prod/db
      files:
        F: vault://default/prod/db
      descriptors:
        7: prod/db
      stdin: prod/db
      definitions:
        C: mcp.json
      END
      sluice run --mapping secrets.yaml -- sh -c '
        printf %s "$PW" | cmp - value && cmp "$F" value && cmp /dev/fd/7 value && cmp - value &&
        grep -c mcpServers "$C"'
      echo 'enviroment: {A: b}' > wrong.yaml; sluice run --mapping wrong.yaml -- true; echo $?
      echo '{"a": "vault://default/"}' > wrong.json
      sluice run --resolve C=wrong.json -- true; echo $?
      """)
    #expect(outcome.text == "as it should be True\n1\n2\n3\n", "\(outcome.text) \(outcome.errors)")
    #expect(outcome.errors.contains("wrong.yaml:1: unknown key 'enviroment'"))
    #expect(outcome.errors.contains("wrong.json: line 1: a reference reads"))
  }

  @Test("a value that stands in ordinary text is given, and not looked for, with a warning")
  func short() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf test | sluice vault put p > /dev/null 2>&1
      sluice run --env K=p -- sh -c 'echo "a test of $K"'
      """)
    #expect(outcome.text == "a test of test\n")
    #expect(outcome.errors.contains("'vault://default/p#1' is too short to be recognised"))
  }

  @Test("G3, G12: a value is on no disk and in no command line, environment or log of sluice")
  func traces() throws {
    let vault = try vault()
    let outcome = try vault.shell(
      """
      value=$(cat value); rm value
      '\(Sluice.path)' run --env K=prod/db --file F=prod/db -- sh -c 'echo up; exec sleep 60' > out &
      pid=$!
      for n in $(seq 200); do grep -q up out && break; sleep 0.05; done
      cat /proc/$pid/cmdline /proc/$pid/environ > process
      grep -c -F -- "$value" process
      grep -r -l -F -- "$value" . | wc -l
      kill $pid; sluice audit list --json | grep -c -F -- "$value"
      """)
    #expect(outcome.text == "0\n0\n0\n", "\(outcome.text) \(outcome.errors)")
  }

  // MARK: - Leaks

  @Test("what a program prints of the vault is revoked while it runs, and its ending stays its own")
  func leak() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf '%s' '\(Fake.token)' > token
      sluice vault put github --in token > /dev/null
      sluice run --on-leak alert,revoke -- sh -c '
        cat token; echo
        for turn in $(seq 200); do
          "$0" vault get github > /dev/null 2>&1 || { echo gone; kill -TERM $$; }
          sleep 0.05
        done' '\(Sluice.path)' > out; echo "status $?"
      sed -E 's/:[0-9a-f]{8}\\]/]/' out
      sluice incidents list --json | tr ',' '\\n' | grep -oE '"detail":"run sh:1"' | sort -u
      sluice audit verify > /dev/null && echo verified
      """)
    #expect(
      outcome.text
        == "status 143\n\(Fake.label)\ngone\n\"detail\":\"run sh:1\"\nverified\n",
      "\(outcome.text) \(outcome.errors)")
    #expect(outcome.errors.contains("alert: vault://default/github#1 leaked"))
    #expect(outcome.errors.contains("sluice incidents show"))
  }

  @Test("a value that a program was given and prints, encoded too, is an incident of its version")
  func leakOfInjected() throws {
    let vault = try vault()
    let outcome = try vault.shell(
      """
      sluice run --env DB=prod/db --on-leak revoke -- sh -c 'printf %s "$DB" | base64' | wc -l
      sluice incidents list --json | grep -c '"path":"prod/db"'
      sluice vault get prod/db; echo "status $?"
      """)
    #expect(outcome.text == "1\n1\nstatus 3\n", "\(outcome.text) \(outcome.errors)")
  }

  @Test("without something to do no vault is opened, and a wrong list is refused")
  func leakOptions() throws {
    let outcome = try Sluice.shell(
      """
      export SLUICE_HOME=/no/such
      sluice run --on-leak mask -- echo fine; echo $?
      sluice run --on-leak alert -- echo never; echo $?
      sluice run --on-leak burn -- echo never; echo $?
      """)
    #expect(outcome.text == "fine\n0\n3\n2\n", "\(outcome.text) \(outcome.errors)")
  }
}
