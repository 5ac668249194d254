internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceMetrics
internal import SluiceProcess
internal import SluiceRules
internal import SluiceScan
internal import SluiceVault

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Start a program with secrets, and mask what it prints.",
    discussion: """
      The program's standard output and error go through the filter, each on its own; on a terminal \
      the program has a terminal, too. Values go to it in memory only, and what it prints is searched \
      for them, plain and encoded, besides all rules. Exit status and signals are the program's; 126 \
      and 127: it could not be started.

      With --on-leak what it prints is acted on, too: a value of the vault that gets into its output \
      can be revoked or rotated while it runs.

      A reference is vault://TENANT/PATH#VERSION, or a path in --tenant. {NAME} in an argument of \
      the program becomes the path of the file of that name.

      Examples:
        sluice run -- make deploy
        sluice run --agent deployer --env DB_PASSWORD=vault://acme/prod/db -- ./migrate
        sluice run --file KEY=vault://acme/tls/key -- curl --key '{KEY}' https://acme.example
        sluice run --resolve CONFIG=mcp.json -- agent --config '{CONFIG}'
        sluice run --mapping secrets.yaml -- ./serve
        sluice run --env DB_PASSWORD=app/db --on-leak alert,rotate -- ./serve
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var identity: RequesterOptions
  @Option(help: "The tenant of the agent, and of references that name none. (default: default)")
  var tenant: String?
  @Option(
    name: .customLong("env"),
    help: ArgumentHelp("A variable with the value.", valueName: "NAME=REF"))
  var variables: [String] = []
  @Option(
    name: .customLong("file"),
    help: ArgumentHelp(
      "A file in memory with the value; the variable holds its path.", valueName: "NAME=REF"))
  var files: [String] = []
  @Option(
    name: .customLong("fd"),
    help: ArgumentHelp("An open descriptor with the value, 3 to 63.", valueName: "N=REF"))
  var descriptors: [String] = []
  @Option(help: ArgumentHelp("The value as standard input.", valueName: "REF"))
  var stdin: String?
  @Option(
    name: .customLong("resolve"),
    help: ArgumentHelp(
      "A copy in memory of a JSON, YAML, TOML or .env file, with values for its references.",
      valueName: "NAME=FILE"))
  var definitions: [String] = []
  @Option(
    name: .customLong("mapping"),
    help: ArgumentHelp("A YAML file that says what the program gets.", valueName: "FILE"))
  var mappings: [String] = []
  @Option(
    help: "What replaces a secret; see 'sluice filter'. (default: hash with a vault, else label)")
  var mask: MaskStyle?
  @Option(
    help: ArgumentHelp("Write findings to a file or an open descriptor.", valueName: "FILE|fd:N"))
  var findings: String?
  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A YAML file with more rules; may be repeated.", valueName: "FILE"))
  var ruleFiles: [String] = []
  @OptionGroup(title: "Leaks") var leak: LeakOptions
  @OptionGroup var live: MetricsOptions
  @OptionGroup var common: CommonOptions
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program and its arguments, behind --.", valueName: "CMD"))
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else {
      throw ValidationError("name a program behind --: sluice run -- CMD")
    }
  }

  func run() throws {
    let plan = try configuring { try self.plan() }
    let settings = try Settings.load(common)
    let set = try settings.rules(more: ruleFiles)
    let opened = try plan.isEmpty && !leak.needsVault() ? nil : vault.openUnsealed()
    let alerts = HeldLines(isHolding: isatty(STDOUT_FILENO) == 1)
    let session = try opened.flatMap { opened in
      try leak.session(in: opened, command: "run \(tool)") { alerts.say($0) }
    }
    let (injection, key) = try inject(plan, from: opened, isKept: session != nil)
    for name in injection.unsearchable {
      common.warn("the value of '\(name)' is too short to be recognised in what is printed")
    }
    let style = mask ?? (key == nil ? .label : .hash)
    guard style != .hash || key != nil else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "--mask hash needs values of a vault, or --on-leak", remedy: "use another mask"))
    }
    let rules = try configuring {
      try CompiledRules(
        set, values: injection.values.isEmpty ? nil : ExactValues(injection.values))
    }
    var options = Filter.Options()
    options.maskStyle = style
    options.allowlist = settings.allowlist(for: rules.rules, path: nil)
    let report = try openFindings()
    let outcome: FilteredProgram.Outcome
    do {
      // What was found is acted on before this process ends as its program did.
      defer {
        alerts.release()
        session?.finishAndWait()
      }
      outcome = try start(injection, rules, options, key, report, session?.observer)
    }
    if let failure = outcome.failure { throw failure }
    throw ExitCode(outcome.ending.adopt())
  }

  private var tool: String { URL(filePath: command[0]).lastPathComponent }

  private func start(
    _ injection: Injection, _ rules: CompiledRules, _ options: Filter.Options,
    _ key: FingerprintKey?, _ report: CInt?, _ observer: FindingObserver?
  ) throws -> FilteredProgram.Outcome {
    let outputs = live.isAsked ? Self.metrics(rules) : [:]
    let server = try live.serve(common) {
      outputs.sorted { $0.key < $1.key }.flatMap(\.value.families)
    }
    defer { server?.stop() }
    var progress: FilteredProgram.Progress?
    if live.isAsked {
      progress = { output, statistics in outputs[output]?.update(statistics) }
    }
    do {
      return try FilteredProgram(
        injection.arguments(command), environment: injection.environment(),
        gifts: injection.gifts, rules: rules, options: options, fingerprintKey: key,
        findings: report, observer: observer, progress: progress
      ).run()
    } catch {
      note("sluice: error: \(ErrorText.masked(error.problem))")
      if let remedy = error.remedy { note("sluice: hint: \(remedy)") }
      throw ExitCode(error.exitStatus)
    }
  }

  /// One for each output, by its descriptor.
  private static func metrics(_ rules: CompiledRules) -> [CInt: StreamMetrics] {
    [STDOUT_FILENO: "stdout", STDERR_FILENO: "stderr"].mapValues {
      StreamMetrics(rules: rules.rules, labels: [.init("output", $0)], isMeasured: false)
    }
  }

  private func plan() throws -> InjectionPlan {
    let tenant = tenant ?? "default"
    var plan = InjectionPlan()
    func reference(_ text: String) throws -> SecretReference {
      try InjectionPlan.reference(text, tenant: tenant)
    }
    for text in variables {
      let (name, rest) = try InjectionPlan.split(text, flag: "--env")
      plan.variables.append((name, try reference(rest)))
    }
    for text in files {
      let (name, rest) = try InjectionPlan.split(text, flag: "--file")
      plan.files.append((name, try reference(rest)))
    }
    for text in descriptors {
      let (number, rest) = try InjectionPlan.split(text, flag: "--fd")
      plan.descriptors.append((Int32(number) ?? -1, try reference(rest)))
    }
    if let stdin { plan.descriptors.append((0, try reference(stdin))) }
    for text in definitions {
      let (name, path) = try InjectionPlan.split(text, flag: "--resolve")
      plan.definitions.append((name, path))
    }
    for file in mappings { try InjectionFile.read(file, tenant: tenant, into: &plan) }
    try plan.check()
    return plan
  }

  /// Gets values out of the vault, and closes it before the program starts unless it is needed.
  private func inject(
    _ plan: InjectionPlan, from opened: Vault?, isKept: Bool
  ) throws -> (Injection, FingerprintKey?) {
    guard let opened else { return (Injection(), nil) }
    defer { if !isKept { opened.seal() } }
    // What opens the vault is not for the program.
    for descriptor in [vault.unsealFd, identity.tokenFd] {
      if let descriptor { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
    guard !plan.isEmpty else { return (Injection(), try opened.fingerprintKey()) }
    let requester = try identity.requester(
      opened, tenant: try configuring { try Name(agentTenant(plan), kind: "tenant") },
      // Not what the requester says but what is so.
      facts: ["tool": tool])
    return (try Injection(plan, from: opened, by: requester), try opened.fingerprintKey())
  }

  /// The tenant that was named, else the one of all references.
  private func agentTenant(_ plan: InjectionPlan) -> String {
    if let tenant { return tenant }
    let references =
      plan.variables.map(\.reference) + plan.files.map(\.reference)
      + plan.descriptors.map(\.reference)
    let tenants = Set(references.map(\.tenant))
    return tenants.count == 1 ? tenants.first?.text ?? "default" : "default"
  }

  /// - Returns: an open descriptor; open until sluice ends.
  private func openFindings() throws -> CInt? {
    guard let findings else { return nil }
    guard findings.hasPrefix("fd:") else {
      let file = try Descriptor.writing(path: findings)
      try file.empty()
      return fcntl(file.number, F_DUPFD_CLOEXEC, 3)
    }
    guard let number = CInt(findings.dropFirst(3)), number > 2, fcntl(number, F_GETFD) >= 0 else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "--findings names no open descriptor",
          remedy: "open it in the shell: sluice run --findings fd:3 -- CMD 3>findings.jsonl"))
    }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    return number
  }
}
