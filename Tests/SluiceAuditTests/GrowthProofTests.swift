@testable import SluiceAudit
import SluiceCrypto
import Testing

@Suite("GrowthProofFile")
struct GrowthProofTests {
  private func proof(_ log: borrowing TestLog, _ old: Int, _ new: Int) throws -> GrowthProofFile {
    GrowthProofFile(
      from: try log.checkpoint(old),
      hashes: try MerkleProver(log.levels).consistency(from: UInt64(old), to: UInt64(new)),
      to: try log.checkpoint(new))
  }

  @Test("proves every growth of a log, in a file of its own", arguments: 0...13)
  func accepted(old: Int) throws {
    let log = try TestLog(count: 13)
    for new in old...13 {
      let read = try GrowthProofFile(parsing: Array(try proof(log, old, new).formatted.utf8))
      let (from, to) = try read.verify(with: LogVerifier(key: log.verifier))
      #expect(from.size == UInt64(old) && to.size == UInt64(new))
    }
  }

  @Test("G11: a log that was rewritten does not continue the older one")
  func rewritten() throws {
    var log = try TestLog(count: 13)
    let old = try log.checkpoint(7)
    log.entries[3].reason = "rewritten"
    let new = try log.checkpoint(13)
    let forged = GrowthProofFile(
      from: old, hashes: try MerkleProver(log.levels).consistency(from: 7, to: 13), to: new)
    #expect(throws: LogDamage.inconsistent(old: 7, new: 13)) {
      try forged.verify(with: LogVerifier(key: log.verifier))
    }
  }

  @Test("G11: two heads of one size are a split view")
  func split() throws {
    var log = try TestLog(count: 13)
    let one = try log.checkpoint(13)
    log.entries[12].reason = "for the other reader"
    let forged = GrowthProofFile(from: one, hashes: [], to: try log.checkpoint(13))
    #expect(throws: LogDamage.splitView(size: 13)) {
      try forged.verify(with: LogVerifier(key: log.verifier))
    }
  }

  @Test("G11: no changed byte of the file is accepted")
  func bytes() throws {
    let log = try TestLog(count: 5)
    let verifier = LogVerifier(key: log.verifier)
    let bytes = Array(try proof(log, 3, 5).formatted.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: LogDamage.self, "byte \(index)") {
        try GrowthProofFile(parsing: changed).verify(with: verifier)
      }
    }
  }
}

@Suite("Witnesses")
struct WitnessTests {
  /// A cosignature as C2SP tlog-cosignature makes it.
  static func cosigned(
    _ note: SignedNote, by key: borrowing SigningKey, named name: String, at time: UInt64
  ) throws -> SignedNote {
    let verifier = NoteVerifier(name: name, kind: .cosignature, key: key.verifyingKey)
    let signature = try key.signature(
      of: Array("cosignature/v1\ntime \(time)\n\(note.text)".utf8))
    let blob =
      (0..<4).map { UInt8(truncatingIfNeeded: verifier.keyID >> (24 - 8 * $0)) }
      + (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) } + signature
    return try SignedNote(
      parsing: Array((note.formatted + "\u{2014} \(name) \(Base64.text(of: blob))\n").utf8))
  }

  @Test("G11: as many known witnesses as asked for must have signed, and none may be forged")
  func quorum() throws {
    let log = try TestLog(count: 8)
    let first = try SigningKey.random()
    let second = try SigningKey.random()
    let witnesses = [
      NoteVerifier(name: "w1.example", kind: .cosignature, key: first.verifyingKey),
      NoteVerifier(name: "w2.example", kind: .cosignature, key: second.verifyingKey),
    ]
    let once = try Self.cosigned(
      log.checkpoint(8), by: first, named: "w1.example", at: 1_795_392_000)
    var both = once
    let other = try Self.cosigned(
      log.checkpoint(8), by: second, named: "w2.example", at: 1_795_392_001)
    let merged = both.merge(other)
    #expect(merged)
    func verifier(_ quorum: Int) -> LogVerifier {
      LogVerifier(key: log.verifier, witnesses: witnesses, quorum: quorum)
    }
    #expect(try verifier(2).witnessed(both).1.count == 3)
    #expect(throws: LogDamage.fewWitnesses(found: 1, needed: 2)) {
      try verifier(2).witnessed(once)
    }
    let forged = try Self.cosigned(
      log.checkpoint(8), by: second, named: "w1.example", at: 1_795_392_000)
    // Another key has another id: it is nobody's signature.
    #expect(throws: LogDamage.fewWitnesses(found: 0, needed: 1)) {
      try verifier(1).witnessed(forged)
    }
    let text = once.formatted.replacing("\n8\n", with: "\n9\n")
    #expect(throws: LogDamage.untrusted(.wrongSignature(by: TestLog.origin))) {
      try verifier(0).witnessed(try SignedNote(parsing: Array(text.utf8)))
    }
    var alien = both
    let isAlien = try !alien.merge(log.checkpoint(7))
    #expect(isAlien)
  }
}
