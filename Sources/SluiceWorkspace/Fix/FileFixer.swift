internal import SluiceCrypto
internal import SluiceScan

/// Moves secrets out of files: registers each value, and puts a reference in its place.
///
/// A file is read and scanned anew, so that what is replaced is what is there now. It is changed as
/// a whole or not at all, after every value in it is kept.
package struct FileFixer: ~Copyable {
  /// In bytes; larger files are left alone.
  private static let largestFile = 64 << 20
  /// What takes the place of a value while the result is tried.
  private static let trial = "vault://default/trial/of/a-reference"

  private var scanner: DocumentScanner
  private let options: Workspace.Options

  /// - Parameter workspace: what is looked for.
  /// - Throws: what making a fingerprinter throws.
  package init(_ workspace: Workspace) throws {
    scanner = try workspace.makeScanner()
    options = workspace.options
  }

  /// Fixes what was found in one file.
  ///
  /// - Parameters:
  ///   - findings: all of the same file.
  ///   - prefix: the segments that the paths of all values begin with.
  ///   - writes: whether the file is changed; if not, only the diff is made.
  ///   - registrar: keeps the values.
  /// - Returns: what became of each finding.
  /// - Throws: `FileError`, and what the registrar throws.
  package mutating func fix(
    _ findings: [ScanFinding], under prefix: [String], writes: Bool,
    with registrar: inout some SecretRegistrar
  ) throws -> FixedFile {
    let path = findings.first?.file ?? .standardInput
    var result = FixedFile(path: path)
    var open: [ScanFinding] = []
    for finding in findings {
      if let reason = Self.refusal(of: finding) {
        result.unfixed.append(UnfixedSecret(finding: finding, reason: reason))
      } else {
        open.append(finding)
      }
    }
    guard !open.isEmpty else { return result }
    var file = try OpenFile.named(path)
    if let reason = Self.refusal(of: file) {
      result.unfixed += open.map { UnfixedSecret(finding: $0, reason: reason) }
      return result
    }
    let bytes = try file.readAll(limit: Self.largestFile)
    let draft = try draft(of: open, in: bytes, path: path, into: &result)
    guard !draft.edits.isEmpty else { return result }
    try apply(
      draft, to: bytes, of: &file, under: prefix + Self.segments(of: path), writes: writes,
      with: &registrar, into: &result)
    return result
  }

  private static func refusal(of finding: ScanFinding) -> FixRefusal? {
    if finding.archive != nil { return .archive }
    if finding.commit != nil { return .history }
    if finding.path == .standardInput { return .stream }
    return nil
  }

  private static func refusal(of file: borrowing OpenFile) -> FixRefusal? {
    if file.kind != .regular { return .notRegular }
    if file.links > 1 { return .hardLinks }
    return file.size > largestFile ? .tooLarge : nil
  }

  // MARK: - Planning

  /// What is to be replaced, and the findings for whose sake.
  private struct Draft {
    struct Edit {
      let target: FixTarget
      var findings: [ScanFinding]
    }

    var edits: [Edit] = []
    /// All that was found in the file, for masking.
    var secrets: [ScanFinding] = []
    var kind: StructureKind?
  }

  private mutating func draft(
    of open: [ScanFinding], in bytes: [UInt8], path: WorkspacePath, into result: inout FixedFile
  ) throws -> Draft {
    var draft = Draft()
    draft.kind =
      bytes.count <= StructureAnalysis.largestDocument ? StructureKind(path) : nil
    draft.secrets = find(in: bytes, as: draft.kind, at: path)
    let ranges = SecretRanges(draft.secrets.compactMap(\.byteRange))
    let planner = FixPlanner(
      bytes: bytes, kind: draft.kind,
      values: draft.kind?.values(in: bytes, hiding: ranges) ?? [])
    for finding in open {
      let now = draft.secrets.first { $0.range == finding.range && $0.ruleID == finding.ruleID }
      guard let secret = now?.byteRange else {
        result.unfixed.append(UnfixedSecret(finding: finding, reason: .changed))
        continue
      }
      guard finding.decoded.isEmpty else {
        result.unfixed.append(UnfixedSecret(finding: finding, reason: .encoded))
        continue
      }
      do {
        let target = try planner.target(for: secret)
        if let index = draft.edits.firstIndex(where: { $0.target.range.overlaps(target.range) }) {
          draft.edits[index].findings.append(finding)
        } else {
          draft.edits.append(Draft.Edit(target: target, findings: [finding]))
        }
      } catch {
        result.unfixed.append(UnfixedSecret(finding: finding, reason: error.reason))
      }
    }
    draft.edits.sort { $0.target.range.lowerBound < $1.target.range.lowerBound }
    let tried = Self.applied(
      draft.edits.map { ($0.target, Self.trial) }, to: bytes)
    if !reads(tried, like: bytes, with: draft, at: path) {
      for edit in draft.edits {
        result.unfixed += edit.findings.map { UnfixedSecret(finding: $0, reason: .wouldBreak) }
      }
      draft.edits = []
    }
    return draft
  }

  private mutating func find(
    in bytes: [UInt8], as kind: StructureKind?, at path: WorkspacePath
  ) -> [ScanFinding] {
    if let kind {
      _ = scanner.scan(bytes, as: kind, at: path)
    } else {
      scanner.begin(at: path)
      scanner.feed(bytes.span)
      scanner.finish()
    }
    return scanner.findings
  }

  /// Whether the changed document has the same values, with references where they should be, and
  /// none of the secrets that were to go.
  private mutating func reads(
    _ changed: [UInt8], like bytes: [UInt8], with draft: Draft, at path: WorkspacePath
  ) -> Bool {
    let left = find(in: changed, as: draft.kind, at: path).count
    guard left <= draft.secrets.count - draft.edits.count else { return false }
    guard let kind = draft.kind, let old = kind.values(in: bytes, hiding: SecretRanges([])) else {
      return true
    }
    guard let new = kind.values(in: changed, hiding: SecretRanges([])), new.count == old.count
    else { return false }
    let moved = Set(draft.edits.compactMap(\.target.structuralPath))
    return zip(old, new).allSatisfy { before, after in
      before.path == after.path
        && (moved.contains(before.path)
          ? String(decoding: after.content, as: UTF8.self).contains(Self.trial)
          : kind == .notebook || before.content == after.content)
    }
  }

  private static func applied(
    _ edits: [(target: FixTarget, reference: String)], to bytes: [UInt8]
  ) -> [UInt8] {
    var output: [UInt8] = []
    var next = 0
    for (target, reference) in edits {
      output += bytes[next..<target.range.lowerBound]
      output += target.prefix + Array(reference.utf8) + target.suffix
      next = target.range.upperBound
    }
    return output + bytes[next...]
  }

  // MARK: - Changing

  private func apply(
    _ draft: Draft, to bytes: [UInt8], of file: inout OpenFile, under place: [String],
    writes: Bool, with registrar: inout some SecretRegistrar, into result: inout FixedFile
  ) throws {
    var edits: [(target: FixTarget, reference: String)] = []
    for edit in draft.edits {
      let ruleID = edit.findings.first?.ruleID ?? ""
      let segments = edit.target.place.isEmpty ? [ruleID] : edit.target.place
      let value = SecretBytes(copying: edit.target.value.span)
      let reference = try registrar.reference(
        for: value, at: place + segments, ruleID: ruleID)
      edits.append((edit.target, reference))
      result.fixed += edit.findings.map { FixedSecret(finding: $0, reference: reference) }
    }
    result.diff =
      UnifiedDiff(
        path: file.path, bytes: bytes, secrets: draft.secrets,
        edits: edits.map { edit in
          UnifiedDiff.Edit(
            range: edit.target.range,
            text: edit.target.prefix + Array(edit.reference.utf8) + edit.target.suffix)
        }
      ).text
    if writes { try FileReplacement.replace(&file, with: Self.applied(edits, to: bytes)) }
  }

  /// The segments that name a file: its path without the dots at its beginning.
  private static func segments(of path: WorkspacePath) -> [String] {
    path.text.split(separator: "/").map { String($0.drop { $0 == "." }) }.filter { !$0.isEmpty }
  }
}
