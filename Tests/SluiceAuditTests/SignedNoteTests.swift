@testable import SluiceAudit
import SluiceCrypto
import Testing

@Suite("SignedNote")
struct SignedNoteTests {
  private static let verifierText =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
  private static let note = """
    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmR\
    KuwHjG1Yu72IneyaQM=

    """

  @Test("accepts the example of C2SP signed-note")
  func published() throws {
    let verifier = try #require(NoteVerifier(Self.verifierText))
    #expect(verifier.keyID == 0x530d_903a)
    #expect(verifier.text == Self.verifierText)
    let note = try SignedNote(parsing: Array(Self.note.utf8))
    #expect(try note.verify([verifier]) == [verifier])
    #expect(note.formatted == Self.note)
  }

  private static let checkpoint = """
    sluice.example/audit
    8
    XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

    — sluice.example/audit qzaQtUipwcvMB5DrhNj+ol30tFjcbgkRKgUh/9s21D5M3cHu9nWH3TKBb916CdSrk/d2\
    uqqVWXDALjGGxDBgPI7UOwU=

    """

  @Test("signs the checkpoint of eight known leaves as computed elsewhere")
  func checkpoint() throws {
    let seed = (0..<32).map { UInt8($0) }
    let key = try SigningKey(seed: SecretBytes(copying: seed.span))
    let checkpoint = Checkpoint(
      origin: "sluice.example/audit", size: 8, root: MerkleTreeTests.levels(8).root)
    #expect(try checkpoint.signed(by: key).formatted == Self.checkpoint)
    let verifier = NoteVerifier(name: "sluice.example/audit", key: key.verifyingKey)
    #expect(
      verifier.text
        == "sluice.example/audit+ab3690b5+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
    let note = try SignedNote(parsing: Array(Self.checkpoint.utf8))
    #expect(try note.verify([verifier]) == [verifier])
    #expect(try Checkpoint(note) == checkpoint)
  }

  @Test("a changed byte of the text or the signature is refused")
  func forged() throws {
    let verifier = try #require(NoteVerifier(Self.verifierText))
    let bytes = Array(Self.note.utf8)
    for index in bytes.indices where bytes[index] != 0x0A {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: NoteError.self, "byte \(index)") {
        try SignedNote(parsing: changed).verify([verifier])
      }
    }
  }

  @Test("a signature by an unknown key is passed over; by none but unknown ones, it is refused")
  func unknown() throws {
    let verifier = try #require(NoteVerifier(Self.verifierText))
    let other = NoteVerifier(name: "example.com/foo", key: try SigningKey.random().verifyingKey)
    let note = try SignedNote(parsing: Array(Self.note.utf8))
    #expect(try note.verify([other, verifier]) == [verifier])
    #expect(throws: NoteError.unsigned(by: ["example.com/foo"])) { try note.verify([other]) }
  }

  @Test("a witness's cosignature is checked over the time and the text")
  func cosignature() throws {
    let key = try SigningKey.random()
    let witness = NoteVerifier(
      name: "witness.example", kind: .cosignature, key: key.verifyingKey)
    #expect(NoteVerifier(witness.text) == witness)
    let text = "sluice.example/audit\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
    func note(time: UInt64, signedTime: UInt64) throws -> SignedNote {
      let message = "cosignature/v1\ntime \(signedTime)\n\(text)"
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) }
      let id = (0..<4).map { UInt8(truncatingIfNeeded: witness.keyID >> (24 - 8 * $0)) }
      let blob = Base64.text(of: id + bytes + (try key.signature(of: Array(message.utf8))))
      return try SignedNote(
        parsing: Array("\(text)\n\u{2014} witness.example \(blob)\n".utf8))
    }
    #expect(try note(time: 1_700_000_000, signedTime: 1_700_000_000).verify([witness]).count == 1)
    #expect(throws: NoteError.wrongSignature(by: "witness.example")) {
      try note(time: 1_700_000_001, signedTime: 1_700_000_000).verify([witness])
    }
    #expect(throws: NoteError.wrongSignature(by: "witness.example")) {
      try note(time: 0, signedTime: 0).verify([witness])
    }
  }

  @Test(
    "what is no note is refused",
    arguments: [
      "", "text\n", "text\n\n", "text\n\n— a\n", "text\n\n— a b c\n", "text\n\n- a AAAAAAAA\n",
      "text\n\n— a AAAA\n", "text\n\n— a AAAAAAAA", "te\txt\n\n— a AAAAAAAA\n",
      "text\n\n— a+b AAAAAAAA\n", "text\n\n— a AAAAAAA\n",
    ])
  func malformed(text: String) {
    #expect(throws: NoteError.self) { _ = try SignedNote(parsing: Array(text.utf8)) }
  }

  @Test(
    "what is no checkpoint is refused",
    arguments: [
      "o\n8\n", "o\n08\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
      "o\n-1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n", "o\n8\nAAAA\n",
      "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
      "o\n99999999999999999\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
    ])
  func noCheckpoint(text: String) throws {
    let note = try SignedNote(text, signedBy: try SigningKey.random(), named: "o")
    #expect(throws: NoteError.self) { _ = try Checkpoint(note) }
  }
}
