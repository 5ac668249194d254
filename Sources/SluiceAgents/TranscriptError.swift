internal import SluiceRules

/// Why a transcript was not masked.
package struct TranscriptError: ExplainedError, Hashable {
  package let path: String
  package let reason: String

  package var problem: String { "transcript '\(path)': \(reason)" }
  package var remedy: String? { "nothing of it was changed" }
}
