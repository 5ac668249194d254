internal import SluiceRules

/// Why an archive, or a member of it, could not be read to its end.
enum ArchiveFailure: Error, Hashable {
  /// What libarchive says; after a fatal one no more members can be read.
  case damaged(String, isFatal: Bool)
  case encrypted
  /// A limit was met: it may be a bomb.
  case tooMuch(ArchiveLimits.Limit)

  /// Whether the members behind this one cannot be read.
  var endsArchive: Bool {
    switch self {
    case .damaged(_, let isFatal): isFatal
    case .encrypted: false
    case .tooMuch(let limit): limit != .depth
    }
  }

  var reason: String {
    switch self {
    case .damaged(let text, _): text
    case .encrypted: "it is encrypted"
    case .tooMuch(let limit): limit.text
    }
  }
}

/// An archive, or a member of one, that could not be scanned to its end.
package struct ArchiveProblem: ExplainedError, Hashable {
  let path: WorkspacePath
  let failure: ArchiveFailure

  package var problem: String { "cannot unpack '\(path.text)': \(printable(failure.reason))" }

  package var remedy: String? {
    switch failure {
    case .tooMuch(.unpackedBytes): "if it can be trusted, raise the limit with --max-unpacked"
    case .tooMuch(.ratio): "it may be a bomb; if it can be trusted, unpack it and scan that"
    case .tooMuch, .encrypted: "unpack it and scan that"
    case .damaged: nil
    }
  }
}

/// How much may come out of one file, with all archives in it (G5, G6).
package struct ArchiveLimits: Sendable {
  enum Limit: Sendable, Hashable {
    case unpackedBytes(UInt64)
    case ratio(UInt64)
    case members(Int)
    case depth

    var text: String {
      switch self {
      case .unpackedBytes(let limit): "more than \(limit) bytes come out of it"
      case .ratio(let limit): "what comes out of it is more than \(limit) times its size"
      case .members(let limit): "it has more than \(limit) members"
      case .depth: "it lies in too many archives"
      }
    }
  }

  /// Bytes that may come out of one file.
  package var unpackedBytes: UInt64 = 1 << 30
  /// How many times its size may come out of it, as soon as that is more than `freeBytes`.
  package var ratio: UInt64 = 500
  package var freeBytes: UInt64 = 64 << 20
  package var members = 100_000
  /// Archives in archives; 0 opens none at all.
  package var depth = 4

  package init() {}
}

/// What is left of the limits for one file.
final class ArchiveBudget {
  private let limits: ArchiveLimits
  private let packedBytes: UInt64?
  private var unpackedBytes: UInt64 = 0
  private var members = 0

  /// - Parameters:
  ///   - limits: what may come out.
  ///   - packedBytes: the file's size; nil if it is not known.
  init(_ limits: ArchiveLimits, packedBytes: UInt64?) {
    self.limits = limits
    self.packedBytes = packedBytes
  }

  func take(bytes: Int) throws(ArchiveFailure) {
    unpackedBytes += UInt64(bytes)
    guard unpackedBytes <= limits.unpackedBytes else {
      throw .tooMuch(.unpackedBytes(limits.unpackedBytes))
    }
    if let packedBytes, unpackedBytes > limits.freeBytes,
      unpackedBytes / limits.ratio > packedBytes
    {
      throw .tooMuch(.ratio(limits.ratio))
    }
  }

  func takeMember() throws(ArchiveFailure) {
    members += 1
    guard members <= limits.members else { throw .tooMuch(.members(limits.members)) }
  }
}
