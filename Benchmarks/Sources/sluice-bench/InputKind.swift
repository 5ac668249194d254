import ArgumentParser
import Foundation

/// The inputs, each hard in its own way.
enum InputKind: String, CaseIterable, ExpressibleByArgument {
  case log
  case logWithSecrets = "log+s"
  case json
  case base64 = "b64"
  case candidates
  case nonASCII = "nonascii"
  case oneLine = "noline"

  /// Size as a part of `--megabytes`.
  ///
  /// What is slow by design is small: rates are by the byte.
  var share: Double {
    switch self {
    case .log, .logWithSecrets: 1
    case .json, .base64, .nonASCII, .oneLine: 0.3
    case .candidates: 0.1
    }
  }
}

/// One input, ready to read.
struct Input {
  let kind: InputKind
  let file: URL
  let bytes: Int
  let summary: String
  /// Secrets that were put in; those that `grep` can look for.
  let planted: [Data]
}
