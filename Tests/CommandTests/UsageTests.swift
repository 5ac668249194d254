import Foundation
import Testing

@Suite("Usage")
struct UsageTests {
  @Test(
    "help and version go to standard output, with status 0",
    arguments: [
      (["--help"], "USAGE: sluice"), (["-h"], "USAGE: sluice"), ([], "USAGE: sluice"),
      (["--version"], "0."), (["filter", "--help"], "Example"), (["help", "filter"], "--findings"),
      (["rules", "--help"], "Example: sluice rules"), (["scan", "--help"], "Examples"),
      (["rules", "list", "--help"], "Example"),
      (["rules", "lint", "--help"], "Example"), (["rules"], "USAGE: sluice rules"),
    ] as [([String], String)])
  func help(arguments: [String], text: String) throws {
    let outcome = try Sluice.run(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.text.contains(text), "\(outcome.text)")
    #expect(outcome.errors.isEmpty)
  }

  @Test("every command has an example, --config, --quiet and --verbose")
  func commonOptions() throws {
    var waiting: [[String]] = [[]]
    var seen = 0
    while let command = waiting.popLast() {
      let help = try Sluice.run(command + ["--help"]).text
      let parts = help.components(separatedBy: "\nSUBCOMMANDS:\n")
      #expect(help.contains("Example"), "\(command)")
      if parts.count == 2 {
        waiting += parts[1].split(separator: "\n")
          .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See ") }
          .compactMap { $0.split(separator: " ").first.map { command + [String($0)] } }
      } else {
        seen += 1
        for option in ["--config", "--quiet", "--verbose"] {
          #expect(help.contains(option), "\(command) lacks \(option)")
        }
      }
    }
    #expect(seen > 50)
  }

  @Test("--quiet, --verbose and --config hold for the vault's commands, too")
  func mannerOfTheVault() throws {
    let vault = try VaultFolder("sluice vault init --quiet > key.pub 2> said; [ ! -s said ]")
    let outcome = try vault.shell(
      """
      printf 'a-value-1' | sluice vault put a --quiet 2>&1
      printf 'a-value-2' | sluice vault put b --verbose 2>&1
      printf 'a-value-3' | sluice vault put c --config missing.yaml; echo "status $?"
      printf 'rules: [' > broken.yaml
      sluice vault list --config broken.yaml; echo "status $?"
      sluice vault list --quiet --verbose 2> /dev/null; echo "status $?"
      SLUICE_CONFIG=broken.yaml sluice revoke a > /dev/null 2>&1; echo "status $?"
      """)
    #expect(
      outcome.text.replacing(vault.folder.path, with: "DIR") == """
        vault://default/a#1
        sluice: the vault in 'DIR/home'
        vault://default/b#1
        status 2
        status 2
        status 2
        status 0

        """, "\(outcome.text) \(outcome.errors)")
    #expect(outcome.errors.contains("missing.yaml") && outcome.errors.contains("broken.yaml"))
  }

  @Test(
    "wrong usage is status 2, says what is wrong and writes nothing",
    arguments: [
      (["--nope"], "--nope"), (["nope"], "argument 1"), (["filter", "--nope"], "--nope"),
      (["filter", "file.log"], "argument 2"), (["filter", "--in"], "--in"),
      (["filter", "--mask", "stars"], "label"),
      (["filter", "--mask", "hash"], "--fingerprint-key"),
      (["filter", "--findings", "-"], "--out"), (["filter", "--findings", "fd:77"], "fd:77"),
      (["filter", "--findings", "fd:x"], "fd:N"), (["filter", "--findings", "fd:-1"], "fd:-1"),
      (["filter", "--window", "4095"], "4096"), (["filter", "--window", "0"], "4096"),
      (["filter", "--window", "1073741825"], "1073741824"),
      (["filter", "--window", "64k"], "argument 3"), (["rules", "nope"], "argument 2"),
      (["rules", "list", "--nope"], "--nope"),
    ] as [([String], String)])
  func wrongUsage(arguments: [String], text: String) throws {
    let outcome = try Sluice.run(arguments, input: Array("k=\(Fake.token)\n".utf8))
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("sluice: error: "), "\(outcome.errors)")
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
  }

  @Test(
    "G3, G12: a secret on the command line is not repeated in the error",
    arguments: [
      ["§"], ["filter", "§"], ["filter", "--§"], ["filter", "-§"], ["filter", "-p§"],
      ["filter", "--token=§"], ["filter", "--stats=§"], ["filter", "--mask", "§"],
      ["filter", "--mask=§"], ["filter", "--window", "§"], ["filter", "--window=§"],
      ["filter", "--findings", "fd:§"], ["filter", "--in", "§"], ["filter", "--in", "a §/b"],
      ["filter", "--out", "/none/§"], ["filter", "--rules", "§"], ["filter", "--config", "§"],
      ["filter", "--fingerprint-key", "§"], ["rules", "§"], ["rules", "show", "§"],
      ["rules", "list", "--severity", "§"], ["rules", "test", "--rule", "§"],
      ["rules", "test", "§"], ["rules", "lint", "§"], ["rules", "import", "§"],
      ["--generate-completion-script", "§"],
    ])
  func secretArgument(arguments: [String]) throws {
    // `Sluice.run` looks for the token in what goes to standard error.
    let outcome = try Sluice.run(arguments.map { $0.replacing("§", with: Fake.token) })
    // An `h` among letters after one dash asks for help.
    #expect(outcome.status != 0 || outcome.text.contains("USAGE: "))
    #expect(!outcome.errors.isEmpty || outcome.status == 0)
    #expect(!Fake.leaks(into: outcome.text))
    // A password has no form that a rule could know.
    let password = "correct-horse-7"
    let hidden = [
      "--findings", "--in", "--out", "--rules", "--config", "--fingerprint-key", "lint",
    ]
    guard !arguments.contains(where: hidden.contains), arguments != ["rules", "test", "§"],
      arguments != ["rules", "import", "§"]
    else { return }
    let plain = try Sluice.run(arguments.map { $0.replacing("§", with: password) })
    #expect(!plain.errors.contains(password), "\(plain.errors)")
  }

  @Test("results that cannot be written are status 3", arguments: ["rules list", "--help"])
  func fullDisk(command: String) throws {
    let outcome = try Sluice.shell("sluice \(command) >/dev/full")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
  }

  @Test("a reader of results that goes away is no error")
  func closedReader() throws {
    let outcome = try Sluice.shell("{ sluice rules list; echo $? >&2; } | true")
    #expect(outcome.errors == "0\n")
  }

  @Test("there is no colour in a file")
  func colour() throws {
    #expect(!(try Sluice.run(["rules", "list"]).text.contains("\u{1B}[")))
  }

  @Test("a window of the least and of the usual size is accepted", arguments: ["4096", "262144"])
  func window(size: String) throws {
    // Not all built-in rules fit the least one: then it says which and what to do.
    let outcome = try Sluice.run(["filter", "--window", size], input: Array("a\n".utf8))
    if outcome.status == 2 {
      #expect(outcome.errors.contains("use a window of"), "\(outcome.errors)")
    } else {
      #expect(outcome.status == 0)
      #expect(outcome.text == "a\n")
    }
  }

  // MARK: - Rule files

  @Test(
    "a rule file that cannot be used is status 2, with the place and the reason",
    arguments: [
      ("rules:\n\t- id: a\n", ["rules.yaml:2: is not YAML", "hint: "]),
      ("rules:\n  - id: a\n    regex: 'x\n", ["rules.yaml:4: is not YAML", "single quotes"]),
      ("rules:\n  - id: a\n    regexp: 'x'\n", ["rules.yaml:3: rule 'a': unknown key 'regexp'"]),
      (
        "rules:\n  - id: acme\n    regex: 'acme(abc'\n",
        ["rules.yaml", "rule 'acme'", "missing closing parenthesis at offset 8"]
      ),
      (
        "rules:\n  - id: acme\n    regex: 'acme)|(?:c'\n    boundary: alnum\n",
        ["rules.yaml", "rule 'acme'", "unmatched closing parenthesis at offset 4"]
      ),
      (
        "rules:\n  - id: acme\n    regex: 'a*'\n", ["rule 'acme'", "matches the empty text"]
      ),
      (
        "rules:\n  - id: acme\n    regex: 'acme[0-9]{8}'\n    anchors: [zorg]\n",
        ["rule 'acme'", "anchors"]
      ),
      (
        "rules:\n  - id: github-pat\n    regex: 'acme[0-9]{8}'\n",
        ["rules.yaml: rule 'github-pat' has the id of a built-in rule", "an id of its own"]
      ),
      (
        "rules:\n  - id: a\n    regex: 'acme[0-9]{8}'\n  - id: a\n    regex: 'zorg[0-9]{8}'\n",
        ["rule 'a' is defined twice"]
      ),
      ("", ["rules.yaml: must be a mapping"]),
    ] as [(String, [String])])
  func brokenRules(yaml: String, texts: [String]) throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("rules.yaml", yaml)
    for arguments in [["filter", "--rules", file], ["rules", "list", "--rules", file]] {
      let outcome = try Sluice.run(arguments, input: Array("k=\(Fake.token)\n".utf8))
      #expect(outcome.status == 2)
      #expect(outcome.output.isEmpty)
      for text in texts { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
    }
  }

  @Test("an expression longer than the window can hold is status 2")
  func reach() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file(
      "rules.yaml", "rules:\n  - id: acme\n    regex: 'acme_[a-z]{60000}'\n")
    let outcome = try Sluice.run(["filter", "--rules", file, "--window", "65536"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("use a window of"), "\(outcome.errors)")
  }

  @Test("a rule file that is not there, a folder, or no UTF-8 is status 2")
  func unreadableRules() throws {
    let folder = try TemporaryFolder()
    let latin = try folder.file("latin.yaml", [0x61, 0xE9, 0x0A])
    for (path, text) in [
      (folder.path + "/none.yaml", "No such file"), (folder.path, "directory"),
      (latin, "is not UTF-8"),
    ] {
      let outcome = try Sluice.run(["filter", "--rules", path])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(outcome.errors.contains(path), "\(outcome.errors)")
    }
  }

  @Test("G3: a log that is passed as a rule file or a key does not get into the error")
  func wrongFile() throws {
    let folder = try TemporaryFolder()
    for content in [
      "GITHUB_TOKEN: \(Fake.token)\n", "GITHUB_TOKEN=\(Fake.token)\n", "\(Fake.token)\n",
      "[\"\(Fake.token)\"]\n", "rules: \(Fake.token)\n", "rules: [\(Fake.token)]\n",
      "a: 'x\n\(Fake.token)\n", "a: &\(Fake.token)\n\tb: c\n", "{\"msg\":\"\(Fake.token)\"\n",
    ] {
      let file = try folder.file("app.log", content)
      #expect(try Sluice.run(["filter", "--rules", file]).status == 2, "\(content)")
    }
  }

  // MARK: - Keys

  @Test("a fingerprint key that cannot be used is status 2")
  func keys() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "k", count: 32) + "\n"
    for (file, text) in [
      (try folder.file("open", long, permissions: 0o644), "can be read by others"),
      (try folder.file("group", long, permissions: 0o640), "can be read by others"),
      (try folder.file("short", "fifteen bytes!!\n"), "shorter than 16 bytes"),
      (try folder.file("empty", ""), "shorter than 16 bytes"),
      (try folder.file("lines", String(repeating: "\n", count: 40)), "shorter than 16 bytes"),
      (try folder.file("large", String(repeating: "k", count: 5000)), "too large"),
      (folder.path + "/none", "No such file"), (folder.path, "directory"),
    ] {
      for mask in ["hash", "label"] {
        let outcome = try Sluice.run(["filter", "--mask", mask, "--fingerprint-key", file])
        #expect(outcome.status == 2, "\(file)")
        #expect(outcome.errors.lowercased().contains(text.lowercased()), "\(outcome.errors)")
        #expect(!outcome.errors.contains("kkkk"))
      }
    }
  }

  @Test("nothing is emptied or created when the configuration is wrong")
  func orderOfChecks() throws {
    let folder = try TemporaryFolder()
    let output = try folder.file("out", "precious\n")
    let findings = try folder.file("findings", "precious\n")
    let rules = try folder.file("rules.yaml", "rules: []\n")
    let paths = ["--out", output]
    for (arguments, status) in [
      (["--rules", rules, "--findings", findings], 2), (["--mask", "hash"], 2),
      (["--findings", "fd:77"], 2), (["--in", folder.path + "/none"], 3),
      (["--findings", folder.path + "/no/such/folder"], 3),
    ] as [([String], Int32)] {
      let outcome = try Sluice.run(["filter"] + paths + arguments)
      #expect(outcome.status == status, "\(outcome.errors)")
      #expect(try Sluice.bytes(ofFile: output) == Array("precious\n".utf8), "\(arguments)")
      #expect(try Sluice.bytes(ofFile: findings) == Array("precious\n".utf8), "\(arguments)")
    }
  }
}
