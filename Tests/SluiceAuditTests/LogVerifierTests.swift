@testable import SluiceAudit
import SluiceCrypto
import Testing

@Suite("LogVerifier")
struct LogVerifierTests {
  @Test("an untouched export of any range of any log is accepted", arguments: 1...17)
  func accepted(count: Int) throws {
    let log = try TestLog(count: count)
    let verifier = LogVerifier(key: log.verifier)
    for from in 0..<UInt64(count) {
      for to in (from + 1)...UInt64(count) {
        let report = try verifier.verify(try log.export(from..<to, tenant: "acme"))
        #expect(report.range == from..<to)
        #expect(report.size == UInt64(count))
        #expect(report.withheld == (from..<to).count { $0 % 3 != 0 })
        #expect(report.signers == [TestLog.origin])
      }
    }
  }

  @Test("entries behind the newest checkpoint are read and counted")
  func unsigned() throws {
    let log = try TestLog(count: 12)
    for signedSize in 1...12 {
      let report = try LogVerifier(key: log.verifier).verify(
        try log.export(signedSize: signedSize))
      #expect(report.unsigned == UInt64(12 - signedSize))
    }
  }

  private static let size = 20

  /// Each attack on an export by one who can write files but not sign.
  @Test("G11: an edited entry is named", arguments: 0..<UInt64(size))
  func edited(index: UInt64) throws {
    let log = try TestLog(count: Self.size)
    let verifier = LogVerifier(key: log.verifier)
    var lines = try log.export()
    let text = String(decoding: lines[Int(index) + 1], as: UTF8.self)
    lines[Int(index) + 1] = Array(text.replacing("alice", with: "mallory").utf8)
    #expect(try verifier.damage(lines) == .changed(entry: index))

    // With the hash brought into line the root does not fit any more.
    var entry = log.entries[Int(index)]
    entry.decision = .deny
    lines[Int(index) + 1] = LogExport.line(entry)
    #expect(try verifier.damage(lines) == .rewritten(intact: 0, checkpoint: 20))
  }

  @Test("G11: older checkpoints narrow down which entries were rewritten")
  func narrowed() throws {
    var log = try TestLog(count: Self.size)
    log.history = [try log.checkpoint(5), try log.checkpoint(10), try log.checkpoint(15)]
    var lines = try log.export()
    #expect(try LogVerifier(key: log.verifier).verify(lines).confirmed == 3)
    var entry = log.entries[12]
    entry.actor = .init(.agent, "mallory")
    lines[13] = LogExport.line(entry)
    #expect(
      try LogVerifier(key: log.verifier).damage(lines) == .rewritten(intact: 10, checkpoint: 15))
  }

  @Test("G11: a removed, a doubled and an inserted entry are named", arguments: 0..<size)
  func removed(index: Int) throws {
    let log = try TestLog(count: Self.size)
    let verifier = LogVerifier(key: log.verifier)
    var lines = try log.export()
    let line = lines.remove(at: index + 1)
    let next = UInt64(index)
    #expect(
      try verifier.damage(lines)
        == (index == Self.size - 1
          ? .truncated(expected: 20, found: 19) : .missing(entry: next, found: next + 1)))
    lines.insert(line, at: index + 1)
    lines.insert(line, at: index + 1)
    #expect(
      try verifier.damage(lines)
        == (index == Self.size - 1
          ? .unreadable(line: 22, problem: "it is behind the range's end")
          : .missing(entry: next + 1, found: next)))
  }

  @Test("G11: two entries that changed places are found", arguments: 0..<size - 1)
  func reordered(index: Int) throws {
    let log = try TestLog(count: Self.size)
    var lines = try log.export()
    lines.swapAt(index + 1, index + 2)
    let entry = UInt64(index)
    #expect(
      try LogVerifier(key: log.verifier).damage(lines) == .missing(entry: entry, found: entry + 1))
  }

  @Test("G11: an entry that was put in another's place is found")
  func moved() throws {
    let log = try TestLog(count: Self.size)
    var lines = try log.export()
    let entry = log.entries[7]
    lines[6] =
      JSONValue.object([
        .init("entry", entry.json), .init("index", .integer(5)),
        .init("leaf", .string(Base64.text(of: entry.leaf.bytes))),
      ]).canonicalBytes
    #expect(try LogVerifier(key: log.verifier).damage(lines) == .moved(entry: 5, says: 7))
  }

  @Test("G11: a log that was cut off, with a header that says so, is a rolled back one")
  func rolledBack() throws {
    let log = try TestLog(count: Self.size)
    let earlier = try log.checkpoint(15)
    let verifier = LogVerifier(key: log.verifier, earlier: [earlier])
    #expect(try verifier.damage(try log.export()) == nil)
    // A copy from before, with its own honest checkpoint.
    let old = try log.export(0..<12, signedSize: 12)
    #expect(try verifier.damage(old) == .rolledBack(size: 12, checkpoint: 15))
    #expect(try LogVerifier(key: log.verifier).damage(old) == nil)
    // Cut off behind the header.
    #expect(
      try verifier.damage(Array(log.export().prefix(13)))
        == .truncated(expected: 20, found: 12))
  }

  @Test("G11: two logs of one size that were both signed are told apart")
  func splitView() throws {
    let log = try TestLog(count: Self.size)
    let shownToOthers = Checkpoint(
      origin: TestLog.origin, size: 20, root: SHA256.digest(of: [1]))
    let verifier = LogVerifier(
      key: log.verifier, earlier: [try shownToOthers.signed(by: log.key)])
    #expect(try verifier.damage(try log.export()) == .splitView(size: 20))
  }

  @Test("G11: a checkpoint by another key, or of another log, is refused")
  func forgedCheckpoint() throws {
    let log = try TestLog(count: Self.size)
    let other = try TestLog(count: Self.size)
    #expect(
      try LogVerifier(key: log.verifier).damage(try other.export())
        == .untrusted(.unsigned(by: [TestLog.origin])))
    // The same name and key id, but a signature that is none.
    let line = String(decoding: try log.export()[0], as: UTF8.self)
    let text = try log.checkpoint(20).formatted
    let forged = text.replacing("\n20\n", with: "\n21\n")
    let header = line.replacing(
      JSONValue.string(text).canonicalText, with: JSONValue.string(forged).canonicalText)
    #expect(
      try LogVerifier(key: log.verifier).damage([Array(header.utf8)])
        == .untrusted(.wrongSignature(by: TestLog.origin)))
  }

  @Test("G11: a witness alone does not stand for the log")
  func witnessOnly() throws {
    let log = try TestLog(count: 3)
    let stranger = try TestLog(count: 3)
    let witness = NoteVerifier(name: TestLog.origin, key: stranger.verifier.key)
    #expect(
      try LogVerifier(key: log.verifier, witnesses: [witness]).damage(try stranger.export())
        == .untrusted(.unsigned(by: [TestLog.origin])))
  }

  @Test("an entry that is older than the one in front of it is named")
  func backInTime() throws {
    var log = try TestLog(count: 6)
    log.entries[4].time = log.entries[2].time
    #expect(try LogVerifier(key: log.verifier).damage(try log.export()) == .backInTime(entry: 4))
  }

  @Test("what is no export is refused, with its line")
  func unreadable() throws {
    let log = try TestLog(count: 3)
    let verifier = LogVerifier(key: log.verifier)
    var lines = try log.export()
    lines[2] = Array("{".utf8)
    for damaged in [[], [Array("{}".utf8)], lines] {
      guard case .unreadable = try verifier.damage(damaged) else {
        Issue.record("accepted")
        return
      }
    }
  }

  @Test("every message names the damage")
  func messages() {
    #expect(LogDamage.changed(entry: 7).problem.hasPrefix("entry 7 was changed"))
    #expect(LogDamage.missing(entry: 7, found: 8).problem.hasPrefix("entry 7 is missing"))
    #expect(
      LogDamage.rewritten(intact: 10, checkpoint: 15).problem.hasPrefix("entries 10 to 14 "))
  }
}

@Suite("ProofFile")
struct ProofFileTests {
  @Test("the proof of every entry is accepted on its own", arguments: 0..<13)
  func accepted(index: Int) throws {
    let log = try TestLog(count: 13)
    let proof = ProofFile(
      entry: log.entries[index],
      hashes: try MerkleProver(log.levels).inclusion(of: UInt64(index), inSize: 13),
      checkpoint: try log.checkpoint(13))
    let read = try ProofFile(parsing: Array(proof.formatted.utf8))
    #expect(read.entry == log.entries[index])
    #expect(try read.verify(with: LogVerifier(key: log.verifier)).size == 13)
  }

  @Test("G11: a proof of an entry that is not in the log is refused")
  func forged() throws {
    let log = try TestLog(count: 13)
    var entry = log.entries[5]
    entry.reason = "forged"
    let proof = ProofFile(
      entry: entry, hashes: try MerkleProver(log.levels).inclusion(of: 5, inSize: 13),
      checkpoint: try log.checkpoint(13))
    #expect(throws: LogDamage.notIncluded(entry: 5)) {
      try proof.verify(with: LogVerifier(key: log.verifier))
    }
  }

  @Test("G11: no changed byte of a proof file is accepted")
  func bytes() throws {
    let log = try TestLog(count: 5)
    let proof = ProofFile(
      entry: log.entries[2], hashes: try MerkleProver(log.levels).inclusion(of: 2, inSize: 5),
      checkpoint: try log.checkpoint(5))
    let verifier = LogVerifier(key: log.verifier)
    let bytes = Array(proof.formatted.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: LogDamage.self, "byte \(index)") {
        try ProofFile(parsing: changed).verify(with: verifier)
      }
    }
  }
}
