package import SluiceCrypto

/// Keeps the values that are taken out of files.
package protocol SecretRegistrar {
  /// Keeps a value, durably when this returns: the file is changed after that.
  ///
  /// - Parameters:
  ///   - value: what stood in the file, without quotes and escapes.
  ///   - place: the segments of a path for it, made of the file and of where it stands in it.
  ///   - ruleID: the rule that found it.
  /// - Returns: what stands for the value from now on.
  /// - Throws: what keeps the value from being kept; nothing is changed then.
  mutating func reference(
    for value: borrowing SecretBytes, at place: [String], ruleID: String
  ) throws -> String
}

/// What became of one finding.
package struct FixedSecret: Sendable {
  package let finding: ScanFinding
  package let reference: String
}

/// A finding that stays, and why.
package struct UnfixedSecret: Sendable {
  package let finding: ScanFinding
  package let reason: FixRefusal
}

/// What became of one file.
package struct FixedFile: Sendable {
  package let path: WorkspacePath
  package internal(set) var fixed: [FixedSecret] = []
  package internal(set) var unfixed: [UnfixedSecret] = []
  /// The change as a unified diff with every secret masked; empty if there is none.
  package internal(set) var diff = ""
}

/// Why a secret is not replaced by a reference.
package enum FixRefusal: String, Sendable {
  case archive = "it lies in an archive: pack it anew without it"
  case history = "it is in history, where nothing can be replaced: revoke it"
  case stream = "it came from standard input"
  case decoded = "it stands encoded in the text, and a reference there would be decoded too"
  case notRegular = "the file is no regular file"
  case hardLinks = "the file has other names (hard links), which would keep the old content"
  case tooLarge = "the file is too large to be changed"
  case changed = "the file changed while it was scanned; run it again"
  case partOfText = "it is a part of a longer text; move it into a value of its own"
  case runningText = "it stands in running text; replace it by a reference by hand"
  case lines = "it goes over several lines of code"
  case escapes = "it is written with escapes; replace it by a reference by hand"
  case output = "it is in an output of the notebook: clear the outputs"
  case key = "it is the key of a value, not a value"
  case number = "it is no text in the document"
  case encoded = "it is written in an encoding"
  case wouldBreak = "the document would not read the same with a reference in its place"
}
