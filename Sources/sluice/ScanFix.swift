internal import ArgumentParser
internal import Foundation
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault
internal import SluiceWorkspace

/// Flags of `sluice scan --fix`.
struct ScanFixOptions: ParsableArguments {
  @Flag(help: "Move what is found into the vault and leave a reference vault://… in its place.")
  var fix = false

  @Flag(help: "With --fix: change nothing, and print the change with every secret masked.")
  var dryRun = false

  @Option(help: ArgumentHelp("With --fix: the tenant that gets the values.", valueName: "NAME"))
  var tenant = "default"

  @Option(
    help: ArgumentHelp(
      "With --fix: what the paths of the values begin with. (default: the repository's name)",
      valueName: "PREFIX"))
  var vaultPrefix: String?

  @OptionGroup var vault: VaultOptions

  var isOn: Bool { fix }

  func validate() throws {
    if dryRun && !fix { throw ValidationError("--dry-run needs --fix") }
  }

  /// The segments that all paths begin with.
  var prefix: [String] {
    if let vaultPrefix { return vaultPrefix.split(separator: "/").map(String.init) }
    var folder = URL(filePath: FileManager.default.currentDirectoryPath)
    let start = folder
    while folder.path != "/" {
      if FileManager.default.fileExists(atPath: folder.appending(path: ".git").path) {
        return [folder.lastPathComponent]
      }
      folder = folder.deletingLastPathComponent()
    }
    return [start.lastPathComponent]
  }
}

/// Fixes the findings of a scan, file by file.
struct ScanFix {
  let options: ScanFixOptions
  let workspace: Workspace
  let terminal: ScanTerminal

  /// - Returns: the exit status: 0 if nothing is left.
  func run(on totals: ScanTotals, strict: Bool) throws -> CInt {
    var totals = totals
    var results: [FixedFile] = []
    if !totals.findings.isEmpty {
      var registrar = try VaultRegistrar(options)
      var fixer = try FileFixer(workspace)
      for file in Self.byFile(totals.findings) {
        do {
          results.append(
            try fixer.fix(file, under: options.prefix, writes: !options.dryRun, with: &registrar))
        } catch let error as FileError {
          totals.problems.append(error)
          totals.problemCount += 1
          totals.namedProblems += 1
        }
      }
    }
    try writeResult(FixReport(results: results, isDryRun: options.dryRun).text)
    let moved = Set(results.flatMap(\.fixed).map(\.finding))
    if !options.dryRun { totals.findings.removeAll { moved.contains($0) } }
    terminal.summarize(totals, fixed: moved.count, isDryRun: options.dryRun)
    return ScanCommand.status(after: totals, strict: strict)
  }

  /// Findings are in order of their paths, but members of one archive have different ones.
  private static func byFile(_ findings: [ScanFinding]) -> [[ScanFinding]] {
    var files: [[ScanFinding]] = []
    for finding in findings {
      if files.last?.first?.file == finding.file {
        files[files.count - 1].append(finding)
      } else {
        files.append([finding])
      }
    }
    return files
  }
}

/// What `sluice scan --fix` did, or would do.
struct FixReport {
  let results: [FixedFile]
  let isDryRun: Bool

  var text: String {
    var output = isDryRun ? results.map(\.diff).joined() : ""
    for result in results where !isDryRun && !result.fixed.isEmpty || !result.unfixed.isEmpty {
      output += ErrorText.printable(result.path.text) + "\n"
      if !isDryRun {
        for fixed in result.fixed {
          output += "  \(place(fixed.finding))  moved to \(fixed.reference)\n"
        }
      }
      for unfixed in result.unfixed {
        output += "  \(place(unfixed.finding))  left: \(unfixed.reason.rawValue)\n"
      }
    }
    return output
  }

  private func place(_ finding: ScanFinding) -> String {
    let member = finding.archive.map { archive in
      ErrorText.printable(String(finding.path.text.dropFirst(archive.text.count))) + ":"
    }
    return "\(member ?? "")\(finding.line):\(finding.column)  [\(finding.ruleID)]"
  }
}
