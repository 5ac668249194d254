/// A secret that was found in a document, without the secret.
package struct ScanFinding: Sendable, Hashable {
  /// Where in history a finding comes from.
  package struct Commit: Sendable, Hashable {
    /// Hexadecimal, in full.
    package var id: String
    package var author: String
    /// ISO 8601.
    package var date: String

    package init(id: String, author: String, date: String) {
      self.id = id
      self.author = author
      self.date = date
    }
  }

  package var ruleID: String
  package var path = WorkspacePath("")
  /// From 1.
  package var line: Int
  /// From 1, in bytes.
  package var column: Int
  package var endLine: Int
  /// Exclusive.
  package var endColumn: Int
  /// `column` and `endColumn` in Unicode scalars, as reports for editors count.
  package var characterColumn = 1
  package var endCharacterColumn = 1
  /// Byte offsets in the file, half-open; nil where only a part of the file was seen.
  package var range: Range<UInt64>?
  /// 32 hexadecimal digits of a keyed hash; nil without a key.
  package var fingerprint: String?
  /// What stands for the secret.
  package var redacted: String
  /// The text around it on its line, with every secret in it masked.
  package var excerpt: String
  /// A hash of the rule and of the masked line, without blanks: the same after lines were
  /// inserted above it, and nothing of the secret is in it.
  package var locationHash: UInt64
  /// Counts findings of one path with the same `locationHash`, from 1.
  package var occurrence = 1
  /// Where it stands in a structured document.
  ///
  /// For example `$.mcpServers.github.env.GITHUB_TOKEN`.
  package var structuralPath: String?
  /// What hid it, the outermost encoding first; empty if it stands in the text as it is.
  package var decoded: [String] = []
  package var commit: Commit?
  /// The file of the disk or of git that `path` lies in, if that is a member of an archive.
  package var archive: WorkspacePath?
  /// What the document is, such as an MCP server's configuration, if that is known.
  package var definition: AgentDefinition?
  /// A comment on its line says that it may stand there.
  package var isAllowed = false
  /// The allow list of the settings says that it may stand there.
  package var isAllowedBySettings = false
}

extension ScanFinding {
  /// The identity that survives edits elsewhere in the file: 16 hexadecimal digits, a colon, and
  /// which of equal ones it is.
  package var locationFingerprint: String { "\(hexadecimal(locationHash)):\(occurrence)" }

  /// The file that holds it: `path`, or the archive.
  package var file: WorkspacePath { archive ?? path }

  /// By path, then by place.
  package static func inOrder(_ left: ScanFinding, _ right: ScanFinding) -> Bool {
    if left.path != right.path { return left.path < right.path }
    if left.line != right.line { return left.line < right.line }
    if left.column != right.column { return left.column < right.column }
    return left.ruleID < right.ruleID
  }
}

/// 16 lower-case digits.
func hexadecimal(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// FNV-1a, 64 bits: the same on every machine and in every release, which `Hasher` is not.
struct StableHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { combine(byte) }
  }
}
