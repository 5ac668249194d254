internal import SluiceCrypto
internal import SluiceRules

/// A place outside of the vault, where checkpoints are kept: what is put back to an old copy with
/// the vault does not put this back.
enum CheckpointDestination: Hashable {
  /// A directory that gets a file for each.
  case folder(String)
  /// The socket of a system log, such as `/dev/log`.
  case syslog(String)
  case webhook(WebhookURL)
  /// A program that gets each as standard input.
  case command([String], directory: String?)

  /// What errors and the vault call it.
  ///
  /// An address or a command may hold a secret; of these it has the hash.
  var name: String {
    switch self {
    case .folder(let path): "folder \(path)"
    case .syslog(let path): "syslog \(path)"
    case .webhook(let url): "webhook \(url.host) \(Self.hash(url.text))"
    case .command(let words, let directory):
      "command \(words[0]) \(Self.hash(words.joined(separator: "\0") + "\0" + (directory ?? "")))"
    }
  }

  private static func hash(_ text: String) -> String {
    Hexadecimal.text(of: Array(SHA256.digest(of: Array(text.utf8)).bytes.prefix(6)))
  }
}

/// A checkpoint did not get to a place outside.
struct DeliveryError: ExplainedError, Hashable {
  let destination: String
  let reason: String

  var problem: String { "a checkpoint was not sent to '\(destination)': \(reason)" }
  var remedy: String? {
    "'sluice audit send' tries again; until then a rollback would not show there"
  }
}
