internal import Foundation
package import SluiceCrypto
package import SluiceFilter
package import SluiceScan

/// Masks the stored transcripts of agents' sessions, in place.
///
/// Each file is replaced as a whole, or not at all: the masked copy is written beside it, made
/// durable and given its name. Permissions, owner and time of change stay.
package struct TranscriptMasker {
  /// What became of a file.
  package struct Outcome: Sendable, Hashable {
    package let path: String
    package let findings: UInt64
    /// Where the file as it was is kept.
    package let backup: String?
  }

  private let rules: CompiledRules
  private let options: Filter.Options
  private let backupSuffix: String?
  private let makeFingerprinter: () throws -> Fingerprinter?

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - options: how to mask it.
  ///   - backupSuffix: added to the name under which a file is kept as it was; nil: it is not kept.
  ///   - makeFingerprinter: makes one for each file.
  package init(
    rules: CompiledRules, options: Filter.Options, backupSuffix: String?,
    makeFingerprinter: @escaping () throws -> Fingerprinter?
  ) {
    self.rules = rules
    self.options = options
    self.backupSuffix = backupSuffix
    self.makeFingerprinter = makeFingerprinter
  }

  /// The transcripts among these files and below these folders.
  package static func files(below paths: [String]) throws(TranscriptError) -> [String] {
    var files: [String] = []
    for path in paths {
      let target = URL(filePath: path).resolvingSymlinksInPath().path
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else {
        throw TranscriptError(path: path, reason: "there is no such file or folder")
      }
      guard attributes[.type] as? FileAttributeType == .typeDirectory else {
        files.append(path)
        continue
      }
      guard let names = FileManager.default.subpaths(atPath: path) else {
        throw TranscriptError(path: path, reason: "it cannot be read")
      }
      files += names.sorted().map { path + "/" + $0 }.filter { isTranscript($0) }
    }
    return files
  }

  /// Where runtimes keep transcripts, as far as it is there.
  package static func usualFolders(environment: [String: String]) -> [String] {
    let home = environment["HOME"] ?? ""
    let claude = environment["CLAUDE_CONFIG_DIR"] ?? home + "/.claude"
    let codex = environment["CODEX_HOME"] ?? home + "/.codex"
    return [claude + "/projects", codex + "/sessions"].filter {
      FileManager.default.fileExists(atPath: $0)
    }
  }

  private static func isTranscript(_ path: String) -> Bool {
    let isNamed = [".jsonl", ".json", ".txt", ".md", ".log"].contains { path.hasSuffix($0) }
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type]
    return isNamed && type as? FileAttributeType == .typeRegular
  }

  /// Masks one file.
  ///
  /// - Returns: what was found; the file is untouched if that is nothing.
  /// - Throws: `TranscriptError`; the file is as it was then.
  package func mask(_ path: String) throws -> Outcome {
    // A session that goes on writes its transcript: what it adds must not be lost.
    for _ in 0..<3 {
      if let outcome = try attempt(path) { return outcome }
    }
    throw TranscriptError(path: path, reason: "it is being written; end the session first")
  }

  /// - Returns: nil if the file was changed meanwhile.
  private func attempt(_ path: String) throws -> Outcome? {
    let manager = FileManager.default
    // A link is followed: the file it names is replaced, not the link.
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    let before = try Self.stamp(of: target)
    let draft = target + ".sluice-\(ProcessInfo.processInfo.processIdentifier)"
    try? manager.removeItem(atPath: draft)
    defer { try? manager.removeItem(atPath: draft) }
    let findings: UInt64
    do {
      findings = try write(target, to: draft)
    } catch let error as IOError {
      throw TranscriptError(path: path, reason: error.problem)
    }
    guard findings > 0 else { return Outcome(path: path, findings: 0, backup: nil) }
    do {
      try manager.setAttributes(before.kept, ofItemAtPath: draft)
      try Self.synchronize(draft)
    } catch {
      throw TranscriptError(path: path, reason: "its permissions cannot be kept")
    }
    guard try Self.stamp(of: target).isSame(as: before) else { return nil }
    let backup = backupSuffix.map { target + $0 }
    if let backup {
      do {
        try manager.linkItem(atPath: target, toPath: backup)
      } catch {
        throw TranscriptError(
          path: path, reason: "no backup can be made; is there one of that name already?")
      }
    }
    do {
      try Descriptor.rename(draft, to: target)
    } catch {
      throw TranscriptError(path: path, reason: error.problem)
    }
    try? Self.synchronize(URL(filePath: target).deletingLastPathComponent().path)
    return Outcome(path: path, findings: findings, backup: backup)
  }

  private func write(_ source: String, to draft: String) throws -> UInt64 {
    var input = try Descriptor.reading(path: source)
    let output = try Descriptor.appending(path: draft)
    let fingerprinter = try makeFingerprinter()
    if source.hasSuffix(".jsonl") {
      let filter = RecordFilter(
        rules: rules, format: .jsonl, options: options, fingerprinter: fingerprinter)
      return try filter.run(&input, to: output, findings: Descriptor?.none).unallowedFindings
    }
    let filter = Filter(rules: rules, options: options, fingerprinter: fingerprinter)
    return try filter.run(&input, to: output, findings: Descriptor?.none).unallowedFindings
  }

  // MARK: - Files

  private struct Stamp {
    let size: UInt64
    let changed: Date
    let kept: [FileAttributeKey: Any]

    func isSame(as other: Stamp) -> Bool { size == other.size && changed == other.changed }
  }

  private static func stamp(of path: String) throws(TranscriptError) -> Stamp {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let size = attributes[.size] as? NSNumber,
      let changed = attributes[.modificationDate] as? Date
    else { throw TranscriptError(path: path, reason: "it cannot be read") }
    var kept: [FileAttributeKey: Any] = [:]
    for key in [
      FileAttributeKey.posixPermissions, .ownerAccountID, .groupOwnerAccountID, .modificationDate,
    ] { kept[key] = attributes[key] }
    return Stamp(size: size.uint64Value, changed: changed, kept: kept)
  }

  private static func synchronize(_ path: String) throws {
    let file = try FileHandle(forReadingFrom: URL(filePath: path))
    try file.synchronize()
    try file.close()
  }
}

extension ScanStatistics {
  fileprivate var unallowedFindings: UInt64 { findings - min(findings, allowedFindings) }
}
