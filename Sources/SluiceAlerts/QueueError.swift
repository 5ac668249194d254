internal import SluiceRules

/// Why a durable queue cannot be used.
package enum QueueError: ExplainedError, Hashable {
  case unusable(String, reason: String)
  case tooLarge(bytes: Int, limit: Int)

  package var problem: String {
    switch self {
    case .unusable(let directory, let reason): "the queue '\(directory)': \(reason)"
    case .tooLarge(let bytes, let limit): "an item of \(bytes) bytes; the queue takes \(limit)"
    }
  }

  package var remedy: String? {
    switch self {
    case .unusable: "check who may write there, and that the disk has room"
    case .tooLarge: nil
    }
  }
}
