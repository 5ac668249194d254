internal import Foundation
internal import SluiceRules

/// A hook of a repository: a script that runs what was there before, then a scan.
package struct GitHook: Sendable {
  /// When git runs it.
  package enum Kind: String, Sendable, CaseIterable {
    /// Scans what would be committed.
    case preCommit = "pre-commit"
    /// Scans the commits that would be pushed: those of colleagues without the other hook, too.
    case prePush = "pre-push"
  }

  /// Why the hook is left as it is.
  package enum Failure: ExplainedError, Hashable {
    /// A hook was moved aside before and another one took its place.
    case twoHooks(String)
    case notInstalled(String)
    case cannotWrite(String)

    package var problem: String {
      switch self {
      case .twoHooks(let path): "both '\(path)' and '\(path)\(GitHook.asideSuffix)' exist"
      case .notInstalled(let path): "'\(path)' is not the hook of sluice"
      case .cannotWrite(let path): "cannot write '\(path)'"
      }
    }

    package var remedy: String? {
      switch self {
      case .twoHooks: "join them into one, then install again"
      case .notInstalled: nil
      case .cannotWrite: "check who may write there"
      }
    }
  }

  /// What happened.
  package enum Change: Sendable, Hashable {
    case installed
    /// The hook that was there before runs first.
    case chained
    case unchanged
    case removed
    /// The hook that was there before is back.
    case restored
  }

  private static let mark =
    "# Written by 'sluice hook install'; 'sluice hook uninstall' takes it out."
  static let asideSuffix = ".before-sluice"

  package let kind: Kind
  package let path: String
  private var asidePath: String { path + Self.asideSuffix }

  /// The hook of the repository of the current directory, wherever its configuration or its work
  /// tree puts it.
  ///
  /// - Throws: `GitError` if there is no repository.
  package init(_ kind: Kind) async throws {
    self.kind = kind
    path = try await Git.line(["rev-parse", "--git-path", "hooks/\(kind.rawValue)"])
  }

  /// Writes the hook; one that is there already is moved aside and runs first.
  ///
  /// - Parameter program: this program's own path.
  /// - Returns: what was done.
  /// - Throws: `Failure`.
  package func install(program: String) throws(Failure) -> Change {
    let script = script(program: program)
    let isThere = FileManager.default.fileExists(atPath: path)
    let isOurs = isThere && Self.isOurs(path)
    if isOurs, FileManager.default.contents(atPath: path) == Data(script.utf8) { return .unchanged }
    let hasOld = FileManager.default.fileExists(atPath: asidePath)
    if isThere, !isOurs {
      guard !hasOld else { throw .twoHooks(path) }
      try move(path, to: asidePath)
    }
    do {
      let folder = URL(filePath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(script.utf8).write(to: URL(filePath: path), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    } catch {
      throw .cannotWrite(path)
    }
    return isThere && !isOurs || hasOld ? .chained : .installed
  }

  /// Takes the hook out and puts back the one that was there before.
  ///
  /// - Returns: what was done.
  /// - Throws: `Failure`.
  package func uninstall() throws(Failure) -> Change {
    guard FileManager.default.fileExists(atPath: path), Self.isOurs(path) else {
      throw .notInstalled(path)
    }
    let hasOld = FileManager.default.fileExists(atPath: asidePath)
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw .cannotWrite(path)
    }
    guard hasOld else { return .removed }
    try move(asidePath, to: path)
    return .restored
  }

  private func move(_ source: String, to target: String) throws(Failure) {
    do {
      try FileManager.default.moveItem(atPath: source, toPath: target)
    } catch {
      throw .cannotWrite(target)
    }
  }

  private static func isOurs(_ path: String) -> Bool {
    let content = FileManager.default.contents(atPath: path) ?? Data()
    return String(decoding: content, as: UTF8.self).contains(mark)
  }

  /// The program is named by its path, because git's graphical clients have a `PATH` of their own.
  private func script(program: String) -> String {
    let quoted = "'" + program.replacing("'", with: "'\\''") + "'"
    // git names what is pushed on standard input, which both hooks read.
    let (read, give, scan) =
      switch kind {
      case .preCommit: ("", "", "exec \"$program\" scan --staged")
      case .prePush:
        (
          "pushed=$(cat)\n", "printf '%s\\n' \"$pushed\" | ",
          "printf '%s\\n' \"$pushed\" | \"$program\" scan --pre-push \"$1\""
        )
      }
    return """
      #!/bin/sh
      \(Self.mark)
      \(read)before="$0\(Self.asideSuffix)"
      if [ -x "$before" ]; then
        \(give)"$before" "$@" || exit
      fi
      program=\(quoted)
      [ -x "$program" ] || program=sluice
      \(scan)

      """
  }
}
