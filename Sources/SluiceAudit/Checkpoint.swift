package import SluiceCrypto

/// The state of a log: how many entries, and the root over them (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
  /// Names the log.
  package let origin: String
  package let size: UInt64
  package let root: Digest

  package init(origin: String, size: UInt64, root: Digest) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  package var text: String { "\(origin)\n\(size)\n\(Base64.text(of: root.bytes))\n" }

  package func signed(by key: borrowing SigningKey) throws(CryptoError) -> SignedNote {
    try SignedNote(text, signedBy: key, named: origin)
  }

  /// Reads the text of a note, without a look at its signatures.
  ///
  /// - Throws: `NoteError.malformed`.
  package init(_ note: SignedNote) throws(NoteError) {
    let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 4, lines.last == "", !lines[0].isEmpty,
      !lines[3..<(lines.count - 1)].contains("")
    else { throw .malformed("a checkpoint has an origin, a size and a root") }
    guard let size = UInt64(lines[1]), String(size) == lines[1], size <= 1 << 53 else {
      throw .malformed("the size of the log is no number")
    }
    guard let bytes = Base64.bytes(of: lines[2]), let root = Digest(bytes.span) else {
      throw .malformed("the root is no hash")
    }
    self.init(origin: String(lines[0]), size: size, root: root)
  }
}
