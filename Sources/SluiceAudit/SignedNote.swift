package import SluiceCrypto

/// A text with signatures, in the format of C2SP signed-note.
package struct SignedNote: Sendable, Hashable {
  /// A signature line: whose it is by name and key id, and what it holds.
  package struct Signature: Sendable, Hashable {
    package let name: String
    package let keyID: UInt32
    package let bytes: [UInt8]
  }

  /// What is signed; ends with a line feed.
  package let text: String
  package private(set) var signatures: [Signature]

  /// Most signatures that are read; the format asks for at least 16.
  private static let mostSignatures = 64

  /// Signs `text`.
  ///
  /// - Precondition: `text` is not empty and ends with a line feed.
  package init(
    _ text: String, signedBy key: borrowing SigningKey, named name: String
  ) throws(CryptoError) {
    precondition(text.utf8.last == 0x0A, "a note ends with a line feed")
    let verifier = NoteVerifier(name: name, key: key.verifyingKey)
    self.text = text
    signatures = [
      Signature(
        name: name, keyID: verifier.keyID, bytes: try key.signature(of: Array(text.utf8)))
    ]
  }

  /// Reads a note.
  ///
  /// - Throws: `NoteError.malformed`.
  package init(parsing bytes: [UInt8]) throws(NoteError) {
    guard String(validating: bytes, as: UTF8.self) != nil,
      !bytes.contains(where: { $0 < 0x20 && $0 != 0x0A })
    else { throw .malformed("it holds bytes that are no text") }
    // The text may hold empty lines itself: the last one divides.
    guard
      let gap = bytes.indices.dropLast().last(where: { bytes[$0] == 10 && bytes[$0 + 1] == 10 })
    else { throw .malformed("no empty line divides text and signatures") }
    text = String(decoding: bytes[...gap], as: UTF8.self)
    let lines = bytes[(gap + 2)...].split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count > 1, lines.last?.isEmpty == true, lines.count - 1 <= Self.mostSignatures
    else { throw .malformed("signature lines are missing, cut off or too many") }
    signatures = []
    for line in lines.dropLast() {
      guard let signature = Self.signature(line) else {
        throw .malformed("a signature line is unreadable")
      }
      signatures.append(signature)
    }
  }

  private static func signature(_ line: ArraySlice<UInt8>) -> Signature? {
    let fields = String(decoding: line, as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    guard fields.count == 3, fields[0] == "\u{2014}", NoteVerifier.isName(String(fields[1])),
      let blob = Base64.bytes(of: fields[2]), blob.count > 4
    else { return nil }
    return Signature(
      name: String(fields[1]), keyID: blob[..<4].reduce(0) { $0 << 8 | UInt32($1) },
      bytes: Array(blob[4...]))
  }

  /// The note as it is written into a file.
  package var formatted: String {
    text + "\n"
      + signatures.map { signature in
        let id = (0..<4).map { UInt8(truncatingIfNeeded: signature.keyID >> (24 - 8 * $0)) }
        return "\u{2014} \(signature.name) \(Base64.text(of: id + signature.bytes))\n"
      }.joined()
  }

  /// Takes over the signatures of another copy of the same text.
  ///
  /// - Returns: whether the texts are equal; nothing is taken over if not.
  package mutating func merge(_ other: SignedNote) -> Bool {
    guard Array(other.text.utf8) == Array(text.utf8) else { return false }
    for signature in other.signatures where !signatures.contains(signature) {
      guard signatures.count < Self.mostSignatures else { break }
      signatures.append(signature)
    }
    return true
  }

  /// The known keys that signed the text.
  ///
  /// - Throws: `NoteError.wrongSignature` if a signature claims a known key and is not by it,
  ///   `NoteError.unsigned` if no known key signed.
  package func verify(_ verifiers: [NoteVerifier]) throws(NoteError) -> [NoteVerifier] {
    var signers: [NoteVerifier] = []
    for signature in signatures {
      let known = verifiers.first {
        $0.name == signature.name && $0.keyID == signature.keyID
      }
      guard let known else { continue }
      guard known.isValid(signature.bytes, of: text) else { throw .wrongSignature(by: known.name) }
      if !signers.contains(known) { signers.append(known) }
    }
    guard !signers.isEmpty else { throw .unsigned(by: verifiers.map(\.name)) }
    return signers
  }
}

/// Why a note cannot be believed.
package enum NoteError: Error, Hashable {
  case malformed(String)
  case wrongSignature(by: String)
  case unsigned(by: [String])
}
