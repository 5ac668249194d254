/// What git tells a `pre-push` hook (githooks(5)).
struct PushedCommits {
  /// The commits that references will name at the remote.
  private(set) var new: [String] = []
  /// Those that they name there now.
  private(set) var known: [String] = []

  /// - Parameter text: lines of local reference, local commit, remote reference, remote commit.
  /// - Throws: `GitError.unexpectedOutput` if it is something else.
  init(_ text: String) throws(GitError) {
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      guard fields.count == 4, Self.isID(fields[1]), Self.isID(fields[3]) else {
        throw .unexpectedOutput(command: "push")
      }
      // A reference that is deleted gives nothing away.
      guard !Self.isNothing(fields[1]) else { continue }
      new.append(fields[1])
      if !Self.isNothing(fields[3]) { known.append(fields[3]) }
    }
  }

  private static func isID(_ text: String) -> Bool {
    text.utf8.count >= 40 && text.allSatisfy(\.isHexDigit)
  }

  private static func isNothing(_ id: String) -> Bool { id.allSatisfy { $0 == "0" } }
}
