import Foundation
import Testing

@Suite("sluice vault")
struct VaultCommandTests {
  @Test("stores and gives values, lists them without, and keeps every version")
  func values() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      set -e
      printf 'first value\\n' | sluice vault put prod/db --type password --owner ops
      printf 'second value' > second; sluice vault put prod/db --in second
      sluice vault put 'vault://default/binary' --exact --fd 3 3< second
      sluice vault get prod/db; echo
      sluice vault get 'vault://default/prod/db#1'; echo
      sluice vault list; sluice vault list --json; sluice vault history prod/db
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for expected in [
      "vault://default/prod/db#1\nvault://default/prod/db#2\nvault://default/binary#1\n",
      "\nsecond value\n", "\nfirst value\n", "previous", #""owner":"ops""#,
    ] {
      #expect(outcome.text.contains(expected), "\(expected) in \(outcome.text)")
    }
    #expect(outcome.text.components(separatedBy: "first value").count == 2)
    #expect(outcome.errors.isEmpty)
  }

  @Test("bytes of any kind come back as they were")
  func bytes() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      head -c 100000 /dev/urandom > in; printf '\\0\\n\\n' >> in
      sluice vault put p --exact < in > /dev/null && sluice vault get p | cmp - in
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("G12: a value is not taken from the command line")
  func commandLine() throws {
    let vault = try VaultFolder()
    for arguments in ["put p value", "put p --value value", "put p=value extra"] {
      #expect(try vault.shell("sluice vault \(arguments)").status == 2)
    }
  }

  @Test("G3: no byte of a value or of the key is in the store, in plain or as digits")
  func atRest() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf '%s' "$1" | sluice vault put p > /dev/null
      key=$(cat config/sluice/root.key)
      for text in '\(Fake.token)' "$key" "$(printf '%s' '\(Fake.token)' | od -An -tx1 | tr -d ' \\n')"
      do grep -rq -- "$text" home && exit 9; done
      sluice audit list --json | grep -q -- '\(Fake.token)' && exit 8
      stat -c %a home home/vault.db config/sluice/root.key
      """, input: Fake.token)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text == "700\n600\n600\n")
  }

  private static var canDumpCore: Bool {
    ["/usr/bin/gcore", "/usr/local/bin/gcore"].contains {
      FileManager.default.isExecutableFile(atPath: $0)
    } && geteuid() == 0
  }

  @Test(
    "G3, G12: neither a core dump while a value is in use nor the process's arguments hold it",
    .enabled(if: canDumpCore))
  func coreDump() throws {
    let vault = try VaultFolder()
    // More than a pipe holds: the process waits with the value in its hands. The path in the dump
    // shows that the dump is one.
    let outcome = try vault.shell(
      """
      openssl rand -hex 150000 > v; sluice vault put p < v > /dev/null; mkfifo pipe
      sleep 60 < pipe & reader=$!
      '\(Sluice.path)' vault get p > pipe & writer=$!
      for n in $(seq 100); do grep -q '^VmLck:.* [1-9][0-9][0-9] kB' /proc/$writer/status && break
        sleep 0.1; done
      gcore -o core $writer > /dev/null 2>&1
      cat /proc/$writer/cmdline /proc/$writer/environ > arguments
      kill $writer $reader; wait
      grep -c 'vault.db' core.$writer > /dev/null || exit 9
      part=$(head -c 20016 v | tail -c 16); key=$(head -c 24 config/sluice/root.key)
      for text in "$part" "$key"; do grep -c -- "$text" core.$writer arguments; done
      """)
    #expect(outcome.status == 1, "the last grep finds nothing: \(outcome.errors)")
    let counts = outcome.text.split(separator: "\n").map { $0.split(separator: ":").last }
    #expect(counts == ["0", "0", "0", "0"], "\(outcome.text)")
  }

  @Test("a value goes to a terminal only with --reveal")
  func terminal() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'shown value' | sluice vault put p > /dev/null
      command -v script > /dev/null || { echo skipped; exit 0; }
      script -qec "'\(Sluice.path)' vault get p" /dev/null < /dev/null
      echo "status $?"
      script -qec "'\(Sluice.path)' vault get p --reveal" /dev/null < /dev/null
      """)
    if outcome.text.contains("skipped") { return }
    #expect(outcome.text.contains("status 2"), "\(outcome.text)")
    #expect(outcome.text.contains("a terminal would show the value"))
    #expect(outcome.text.components(separatedBy: "shown value").count == 2)
  }

  @Test("a key file that others can read, another one, and none are refused")
  func keyFile() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf v | sluice vault put p > /dev/null 2>&1
      chmod 644 config/sluice/root.key; sluice vault get p; echo "status $?"
      chmod 600 config/sluice/root.key; mv config/sluice/root.key root
      sluice vault get p; echo "status $?"
      (umask 077; openssl rand -hex 32 > other); sluice vault get p --key-file other
      echo "status $?"
      sluice vault get p --key-file root; sluice vault get p --unseal-fd 3 3< root
      chmod 755 home; sluice vault get p --key-file root; echo "status $?"
      """)
    #expect(outcome.text == "status 3\nstatus 3\nstatus 3\nvvstatus 3\n", "\(outcome.errors)")
    for text in ["can be read by others", "is not there", "does not unseal"] {
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
    }
  }

  @Test("a passphrase from a descriptor seals and unseals")
  func passphrase() throws {
    let vault = try VaultFolder(
      "printf 'correct horse' > pw; sluice vault init --passphrase --unseal-fd 3 3< pw")
    let outcome = try vault.shell(
      """
      printf v | sluice vault put p --unseal-fd 3 3< pw > /dev/null 2>&1
      sluice vault get p --unseal-fd 3 3< pw
      printf 'wrong horse' > pw; sluice vault get p --unseal-fd 3 3< pw; echo "status $?"
      """)
    #expect(outcome.text == "vstatus 3\n", "\(outcome.errors)")
  }

  @Test("as many shares as needed unseal, fewer or damaged ones do not")
  func shares() throws {
    let vault = try VaultFolder(
      "sluice vault init --shares 4 --threshold 3 --shares-dir shares")
    let outcome = try vault.shell(
      """
      s() { for n in $1; do printf ' --share shares/share-%s.key' "$n"; done; }
      printf v | sluice vault put p $(s '1 2 3') > /dev/null 2>&1
      sluice vault get p $(s '4 2 1')
      sluice vault get p $(s '4 2'); echo "status $?"
      sed -i 's/[0-9a-f]$/x/' shares/share-2.key; sluice vault get p $(s '4 2 1'); echo "status $?"
      cp shares/share-1.key twice; sluice vault get p $(s '1 3') --share twice; echo "status $?"
      """)
    #expect(outcome.text == "vstatus 3\nstatus 3\nstatus 3\n", "\(outcome.errors)")
    #expect(outcome.errors.contains("needs 3 shares, 2 were given"))
  }

  @Test("default deny, grants, tokens, can, disable: status 4 where policy says no")
  func agents() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      sluice tenant create acme; printf v | sluice vault put db/pw --tenant acme > /dev/null 2>&1
      sluice agent create bot --tenant acme
      get() { sluice vault get vault://acme/db/pw "$@"; echo " $?"; }
      get --agent bot
      sluice agent grant bot 'db/*' --can read,inject --expires 1h --tenant acme
      get --agent bot
      sluice agent token bot --tenant acme > token
      SLUICE_TOKEN=$(cat token) get; get --token-fd 3 3< token; SLUICE_TOKEN=x get
      sluice agent can bot rotate db/pw --tenant acme; echo " $?"
      sluice agent ungrant bot 1 --tenant acme; get --agent bot
      sluice agent grant bot '**' --can read --tenant acme > /dev/null
      sluice agent disable bot --tenant acme; get --agent bot; SLUICE_TOKEN=$(cat token) get
      """)
    #expect(
      outcome.text == """
         4
        1
        v 0
        v 0
        v 0
         4
        no: grant 1 does not allow to rotate
         4
         4
         4
         4

        """, "\(outcome.text) \(outcome.errors)")
    #expect(outcome.errors.contains("no grant of agent 'bot' covers 'db/pw'"))
  }

  @Test("a fingerprint of a mask leads to the secret, which is then revoked for everyone")
  func revoke() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf leaked-value | sluice vault put a > /dev/null
      printf leaked-value | sluice vault put b > /dev/null
      sluice revoke --fingerprint "$(sluice vault history a | tail -n 1 | awk '{ print $4 }')"
      sluice vault get 'vault://default/b#1'; echo "status $?"
      sluice revoke --fingerprint 00000000; echo "status $?"; sluice revoke a --fingerprint 0
      echo "status $?"
      """)
    #expect(
      outcome.text
        == "vault://default/a#1\nvault://default/b#1\nstatus 4\nstatus 3\nstatus 2\n")
  }

  @Test(
    "imports what other programs write",
    arguments: [
      (
        "x.env", "# note\nA=1\nexport B=\"two words\\n\" # c\nC='x #y'\n\nD = z # c\n",
        ["A=1", "B=two words\n", "C=x #y", "D=z"]
      ),
      (
        "x.json", #"{"db":{"user":"u","port":5432},"list":["a"],"none":null}"#,
        ["db/user=u", "db/port=5432", "list/0=a"]
      ),
      ("x.yaml", "db:\n  user: u\n  pass: \"p q\"\n", ["db/user=u", "db/pass=p q"]),
      (
        "x.json",
        #"{"request_id":"r","lease_id":"","data":{"data":{"k":"v"},"metadata":{"version":1}}}"#,
        ["k=v"]
      ),
      (
        "x.json", #"{"ARN":"a","Name":"prod/db","SecretString":"{\"password\":\"v\"}"}"#,
        ["prod/db/password=v"]
      ),
      ("x.json", #"{"ARN":"a","Name":"prod/key","SecretString":"v"}"#, ["prod/key=v"]),
      (
        "x.json",
        #"{"id":"i","title":"My Login","fields":[{"label":"password","value":"v"},{"label":"e"}]}"#,
        ["My-Login/password=v"]
      ),
      (
        "x.json",
        #"{"SecretValues":[{"Name":"a/b","SecretString":"v"},{"Name":"c","SecretBinary":"dw=="}]}"#,
        ["a/b=v", "c=w"]
      ),
      ("x.json", #"{"Parameters":[{"Name":"/app/key","Type":"t","Value":"v"}]}"#, ["app/key=v"]),
      (
        "x.json",
        #"{"id":"https://x.vault.azure.net/secrets/k/1","name":"k","value":"v","tags":{"a":"b"}}"#,
        ["k=v"]
      ),
      (
        "x.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  pw: dg==\nstringData:\n  u: w\n",
        ["db/pw=v", "db/u=w"]
      ),
      (
        "export.json",
        #"{"accounts":[{"vaults":[{"attrs":{"name":"Team"},"items":[{"overview":{"title":"DB"},"#
          + #""details":{"loginFields":[{"designation":"password","value":"v"}],"sections":"#
          + #"[{"fields":[{"title":"api key","value":{"concealed":"w"}}]}]}}]}]}]}"#,
        ["Team/DB/password=v", "Team/DB/api-key=w"]
      ),
    ] as [(String, String, [String])])
  func imports(name: String, content: String, expected: [String]) throws {
    let vault = try VaultFolder()
    _ = try vault.folder.file(name, content)
    let outcome = try vault.shell(
      "sluice vault import \(name) --prefix in > /dev/null && sluice vault export")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let found = try outcome.text.split(separator: "\n").map { line in
      let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
      return "\(object["path"] ?? "")=\(object["value"] ?? "")"
    }
    #expect(found.sorted() == expected.map { "in/\($0)" }.sorted())
  }

  @Test("G3: a file that cannot be imported is refused without quoting it")
  func badImport() throws {
    let vault = try VaultFolder()
    for (name, content) in [
      ("x.json", "{\"a\": \(Fake.token)}"), ("x.yaml", "a: [\(Fake.token)"),
      ("x.env", "\(Fake.token)\n"), ("y.json", "{}"),
    ] {
      _ = try vault.folder.file(name, content)
      #expect(try vault.shell("sluice vault import \(name)").status == 3)
    }
  }

  @Test("destroying needs a yes; a destroyed tenant is gone")
  func destroy() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf one | sluice vault put p > /dev/null 2>&1
      sluice vault destroy p; echo $?; sluice vault destroy p --yes; echo $?
      sluice vault get 'vault://default/p#1'; echo $?
      sluice tenant create acme; sluice tenant destroy acme; echo $?
      sluice tenant destroy acme --yes; echo $?; sluice vault list --tenant acme; echo $?
      """)
    #expect(outcome.text == "2\n0\n4\n2\n0\n3\n", "\(outcome.errors)")
  }

  @Test("G9: kill -9 during writes loses nothing that was acknowledged")
  func killedWhileWriting() throws {
    let vault = try VaultFolder()
    var acknowledged: [String] = []
    var killed = 0
    for round in 0..<60 {
      let status = try vault.killed(
        ["vault", "put", "p/\(round)"], input: "value \(round)",
        after: .microseconds(Int.random(in: 0...120_000)))
      if status == 0 { acknowledged.append("\(round)") }
      if status == nil { killed += 1 }
    }
    let outcome = try vault.shell(
      """
      for n in \(acknowledged.joined(separator: " ")); do
        [ "$(sluice vault get p/$n)" = "value $n" ] || { echo "lost $n"; exit 9; }
      done
      sluice audit verify > /dev/null
      """)
    #expect(outcome.status == 0, "\(outcome.text) \(outcome.errors)")
    #expect(killed > 0 && killed < 60, "\(killed) of 60 were killed")
  }

  @Test("G9: kill -9 during a change of keys leaves every value readable, and the change goes on")
  func killedWhileRekeying() throws {
    let vault = try VaultFolder()
    let names = (0..<120).map { "N\($0)=value \($0)" }.joined(separator: "\n")
    _ = try vault.folder.file("many.env", names)
    #expect(try vault.shell("sluice vault import many.env > /dev/null").status == 0)
    for _ in 0..<20 {
      _ = try vault.killed(
        ["vault", "rekey"], input: "", after: .microseconds(Int.random(in: 0...200_000)))
    }
    let outcome = try vault.shell(
      """
      sluice vault export > before; sluice vault rekey || exit 8
      sluice vault status | grep 'rekeying *false' || exit 7
      sluice vault export > after; cmp before after || exit 6
      wc -l < after; grep -c 'value' after; sluice audit verify | tail -n 1
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text.hasSuffix("120\n120\nintact\n"), "\(outcome.text)")
  }
}
