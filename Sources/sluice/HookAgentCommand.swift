internal import ArgumentParser
internal import Glibc
internal import SluiceAgents
internal import SluiceFilter
internal import SluiceRules
internal import SluiceScan

struct HookAgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent",
    abstract: "Answer the hook of an agent's runtime: keep secrets from models and tools.",
    discussion: """
      Reads one event as JSON from standard input. Of Claude Code it knows UserPromptSubmit, \
      PreToolUse, PostToolUse and SessionEnd (which masks the session's transcript); any other JSON \
      object is answered with a decision, allow, block or mask. The answer names rules, not values.

      Examples:
        sluice hook agent --on-secret mask     # as the command of a hook in settings.json
        echo '{"text":"…"}' | sluice hook agent

      Exit status: 0, also if something was found; 2 if the event cannot be judged, which a runtime \
      takes for a block, unless --fail open.
      """)

  @Option(
    help: """
      block: refuse what holds a secret. mask: let it go on with masks, where the runtime allows; \
      a prompt is refused, and its masked form shown.
      """)
  var onSecret = AgentHook.Choice.block

  @Option(help: "closed: what cannot be judged is refused. open: it goes on.")
  var fail = FailureChoice.closed

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A YAML file with more rules; may be repeated.", valueName: "FILE"))
  var ruleFiles: [String] = []

  @OptionGroup var common: CommonOptions

  /// Most bytes of an event.
  private static let largestEvent = 64 << 20

  func run() throws {
    do {
      try answer()
    } catch {
      // Whatever went wrong, a runtime must take it for a block: only status 2 is one.
      let cause = (error as? ConfigurationError)?.cause ?? error as? any ExplainedError
      note(ErrorText.masked("sluice: error: \(cause?.problem ?? "the event cannot be judged")"))
      if let remedy = cause?.remedy { note(ErrorText.masked("sluice: hint: \(remedy)")) }
      if fail == .closed { throw ExitCode(ExitStatus.usage) }
    }
  }

  private func answer() throws {
    let settings = try Settings.load(common)
    let rules = try configuring { try CompiledRules(settings.rules(more: ruleFiles)) }
    var options = Filter.Options()
    options.allowlist = settings.allowlist(for: rules.rules, path: nil)
    var input = Descriptor(borrowing: STDIN_FILENO, named: "standard input")
    let event = try input.readAll(limit: Self.largestEvent)
    if let transcript = AgentHook.endedTranscript(in: event) {
      let masker = TranscriptMasker(
        rules: rules, options: options, backupSuffix: nil, makeFingerprinter: { nil })
      let outcome = try masker.mask(transcript)
      common.tell("\(outcome.findings) secrets masked in the transcript")
      return
    }
    let hook = AgentHook(rules: rules, choice: onSecret, options: options)
    let answer = try hook.answer(to: event)
    guard !answer.isEmpty else { return }
    try writeResult(String(decoding: answer, as: UTF8.self) + "\n")
  }
}

extension AgentHook.Choice: ExpressibleByArgument {}
