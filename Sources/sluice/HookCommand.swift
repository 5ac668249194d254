internal import ArgumentParser
internal import Foundation
internal import SluiceWorkspace

struct HookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook", abstract: "The git hook that scans what is about to be committed.",
    discussion: "Example: sluice hook install",
    subcommands: [HookInstallCommand.self, HookUninstallCommand.self])
}

struct HookInstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Write the pre-commit hook of this repository; a hook that is there runs first.",
    discussion: """
      Example: cd project && sluice hook install

      A commit with a new secret is refused. git commit --no-verify commits without the hook.
      """)

  func run() async throws {
    let hook = try await GitHook()
    let change = try hook.install(program: Self.program)
    switch change {
    case .chained: print("\(hook.path): installed; the hook that was there runs first")
    case .unchanged: print("\(hook.path): is there already")
    default: print("\(hook.path): installed")
    }
  }

  private static var program: String {
    Bundle.main.executableURL?.resolvingSymlinksInPath().path ?? "sluice"
  }
}

struct HookUninstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall",
    abstract: "Take the pre-commit hook out; a hook that was there before comes back.",
    discussion: "Example: cd project && sluice hook uninstall")

  func run() async throws {
    let hook = try await GitHook()
    let change = try hook.uninstall()
    print("\(hook.path): \(change == .restored ? "the hook before it is back" : "removed")")
  }
}
