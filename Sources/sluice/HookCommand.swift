internal import ArgumentParser
internal import Foundation
internal import SluiceWorkspace

struct HookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook",
    abstract: "Hooks of git and of agents' runtimes that keep secrets from going further.",
    discussion: "Example: sluice hook install",
    subcommands: [HookInstallCommand.self, HookUninstallCommand.self, HookAgentCommand.self])
}

/// Which hooks are meant.
struct HookOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("pre-commit and pre-push. (default: both)", valueName: "HOOK"))
  var hooks: [GitHook.Kind] = []

  /// Each with its place in the repository of the current directory.
  func all() async throws -> [GitHook] {
    var all: [GitHook] = []
    for kind in hooks.isEmpty ? GitHook.Kind.allCases : hooks {
      all.append(try await GitHook(kind))
    }
    return all
  }
}

struct HookInstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Write the git hooks of this repository; a hook that is there runs first.",
    discussion: """
      pre-commit refuses a commit with a new secret, pre-push a push of commits with one. \
      --no-verify commits and pushes without the hooks. In a repository with core.hooksPath, and \
      in a linked work tree, they go where git looks for them.

      Examples:
        cd project && sluice hook install
        sluice hook install pre-commit
      """)

  @OptionGroup var options: HookOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    for hook in try await options.all() {
      let text =
        switch try hook.install(program: Self.program) {
        case .chained: "installed; the hook that was there runs first"
        case .unchanged: "is there already"
        default: "installed"
        }
      try writeResult("\(hook.path): \(text)\n")
    }
  }

  private static var program: String {
    Bundle.main.executableURL?.resolvingSymlinksInPath().path ?? "sluice"
  }
}

struct HookUninstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall",
    abstract: "Take the hooks out; what was there before comes back.",
    discussion: "Example: cd project && sluice hook uninstall")

  @OptionGroup var options: HookOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    var failure: (any Error)?
    var isAnyGone = false
    for hook in try await options.all() {
      do {
        let change = try hook.uninstall()
        isAnyGone = true
        try writeResult(
          "\(hook.path): \(change == .restored ? "the hook before it is back" : "removed")\n")
      } catch {
        failure = error
      }
    }
    // Without names, one of both is enough.
    if let failure, !isAnyGone || !options.hooks.isEmpty { throw failure }
  }
}

extension GitHook.Kind: ExpressibleByArgument {}
