internal import Foundation
internal import SluiceAgents
internal import SluiceFilter
internal import SluiceScan

/// `sluice scan --transcripts`: masks stored sessions of agents in place.
struct TranscriptScan {
  let rules: CompiledRules
  let paths: [String]
  let backupSuffix: String?
  let keyFile: String?
  let isQuiet: Bool

  /// Masks, and says what was masked.
  func run() throws {
    let folders =
      paths.isEmpty
      ? TranscriptMasker.usualFolders(environment: ProcessInfo.processInfo.environment) : paths
    var options = Filter.Options()
    options.maskStyle = keyFile == nil ? .label : .hash
    let masker = TranscriptMasker(
      rules: rules, options: options, backupSuffix: backupSuffix
    ) { try keyFile.map { try Loading.fingerprinter(keyFile: $0) } }
    var findings: UInt64 = 0
    var failed = 0
    let files = try TranscriptMasker.files(below: folders)
    for file in files {
      do {
        let outcome = try masker.mask(file)
        findings += outcome.findings
        guard outcome.findings > 0 else { continue }
        let backup = outcome.backup.map { ", as it was: \($0)" } ?? ""
        try writeResult("\(file): \(outcome.findings) masked\(backup)\n")
      } catch let error as TranscriptError {
        failed += 1
        note(ErrorText.masked("sluice: error: \(error.problem)"))
      }
    }
    if !isQuiet { note("\(findings) secrets masked in \(files.count) transcripts") }
    if failed > 0 {
      throw UsageError(problem: "\(failed) transcripts were not masked", remedy: nil)
    }
  }
}
