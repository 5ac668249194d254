internal import SluiceRules

/// A signal ended the reading of a file before its end.
struct StoppedError: ExplainedError {
  let unreadBytes: Int

  var problem: String { "stopped by a signal with \(unreadBytes) bytes of the input unread" }
  var remedy: String? { "what was written is complete and masked up to there; start it again" }
}
