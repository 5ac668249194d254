internal import ArgumentParser
internal import SluiceActions
internal import SluiceRules
internal import SluiceVault

struct RotateWatch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Rotate what is due, end what was interrupted, act on leaks that were left behind.",
    discussion: """
      Several may run on one vault: one leads, the others stand by. Runs that were missed are made \
      up for once; after a jump of the clock schedules wait until it runs evenly.

      Examples:
        sluice rotate watch
        sluice rotate watch --once
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("How often to look.", valueName: "TIME"))
  var interval = "5s"
  @Flag(help: "Look once, and end.") var once = false
  @Option(
    help: ArgumentHelp(
      "What may be done by itself about leaks and anomalies; policies may allow less.",
      valueName: "LIST"))
  var onLeak = "alert,revoke,rotate"

  func validate() throws {
    guard let interval = Duration(text: interval), interval >= .milliseconds(100) else {
      throw ValidationError("--interval takes a time of at least 100ms, such as 5s")
    }
    _ = try LeakOptions.actions(onLeak)
  }

  func run() async throws {
    let opened = try vault.openUnsealed()
    guard let pause = Duration(text: interval) else { return }
    var lock = try RotationWatch.lead(opened)
    if lock == nil {
      guard !once else {
        throw UsageError(problem: "another process watches this vault", remedy: nil)
      }
      inform("sluice: another process watches this vault; standing by")
    }
    let stoodBy = lock == nil
    while lock == nil {
      try await Task.sleep(for: pause)
      lock = try RotationWatch.lead(opened)
    }
    if stoodBy { inform("sluice: the other process has ended; this one watches now") }
    defer { withExtendedLifetime(lock) {} }
    var watch = RotationWatch(
      vault: opened, by: try .person(), allowed: try LeakOptions.actions(onLeak)
    ) { note(ErrorText.masked("sluice: \($0)")) }
    while true {
      let isFine = try await watch.tick()
      if once {
        if !isFine { throw ExitCode(ExitStatus.failure) }
        return
      }
      try await Task.sleep(for: pause)
    }
  }
}
