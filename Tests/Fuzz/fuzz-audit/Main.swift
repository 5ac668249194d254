import CLibFuzzer
import SluiceAudit
import SluiceCrypto

/// Fuzzes what reads a log that comes from somebody else: notes, proofs, exports, keys.
///
/// The first byte says which, and whether the rest is the text itself or a list of edits of a valid
/// one. What must hold: nothing crashes; what was read is written as it stood; and whatever verifies
/// says what the log says that was signed (G11).
@main
struct FuzzAudit {
  static func main() {
    _ = Subject.shared
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { pointer in
      pointer.withMemoryRebound(
        to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
      ) { rebound in
        _ = LLVMFuzzerRunDriver(&count, rebound) { data, size in
          guard let data, size >= 1 else { return 0 }
          let bytes = Array(UnsafeBufferPointer(start: data, count: size))
          Subject.shared.check(bytes[0], Array(bytes.dropFirst()))
          return 0
        }
      }
    }
  }
}

/// A small log, and its documents.
struct Subject {
  static let shared: Subject = {
    do { return try Subject() } catch { fatalError("the subject cannot be made: \(error)") }
  }()

  private static let origin = "sluice.example/audit"
  private let entries: [AuditEntry]
  private let verifier: LogVerifier
  private let documents: [[UInt8]]
  private let root: Digest

  private init() throws {
    let seed = Array(0..<32 as Range<UInt8>)
    let key = try SigningKey(seed: SecretBytes(copying: seed.span))
    var levels = MerkleLevels()
    var entries: [AuditEntry] = []
    for index in 0..<13 as Range<UInt64> {
      var entry = AuditEntry(
        sequence: index, time: UTCTime(microseconds: 1_795_392_000_000_000 + Int64(index)),
        actor: .init(.operator, "alice"), operation: "secret.read", decision: .allow,
        request: "r\(index)", host: "host", process: 42)
      entry.object = "prod/db\(index)"
      levels.append(entry.leaf)
      entries.append(entry)
    }
    func note(_ size: UInt64) throws -> SignedNote {
      try Checkpoint(
        origin: Self.origin, size: size, root: MerkleProver(levels).root(ofSize: size)
      ).signed(by: key)
    }
    let publicKey = NoteVerifier(name: Self.origin, key: key.verifyingKey)
    let proof = ProofFile(
      entry: entries[5], hashes: try MerkleProver(levels).inclusion(of: 5, inSize: 13),
      checkpoint: try note(13))
    let growth = GrowthProofFile(
      from: try note(6), hashes: try MerkleProver(levels).consistency(from: 6, to: 13),
      to: try note(13))
    let header = LogExport.Header(
      range: 0..<13, checkpoint: try note(13), history: [try note(6)], outside: [])
    var export = header.line + [0x0A]
    for entry in entries { export += LogExport.line(entry) + [0x0A] }
    documents = [
      Array(try note(13).formatted.utf8), Array(proof.formatted.utf8),
      Array(growth.formatted.utf8), export, Array(publicKey.text.utf8),
    ]
    self.entries = entries
    root = levels.root
    verifier = LogVerifier(key: publicKey)
  }

  func check(_ mode: UInt8, _ input: [UInt8]) {
    let kind = Int(mode & 0x7F) % documents.count
    let bytes = mode < 0x80 ? input : edited(documents[kind], input)
    switch kind {
    case 0: note(bytes)
    case 1: proof(bytes)
    case 2: growth(bytes)
    case 3: export(bytes)
    default: key(bytes)
    }
    json(bytes)
  }

  /// Each three bytes are an edit: where, and what stands there afterwards; 0 removes a byte.
  private func edited(_ document: [UInt8], _ edits: [UInt8]) -> [UInt8] {
    var bytes = document
    for start in stride(from: 0, to: edits.count - 2, by: 3) where !bytes.isEmpty {
      let place = (Int(edits[start]) << 8 | Int(edits[start + 1])) % bytes.count
      switch edits[start + 2] {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(bytes[place], at: place)
      default: bytes[place] = edits[start + 2]
      }
    }
    return bytes
  }

  private func note(_ bytes: [UInt8]) {
    guard let note = try? SignedNote(parsing: bytes) else { return }
    guard Array(note.formatted.utf8) == bytes else { fatalError("a note is written otherwise") }
    guard let (checkpoint, _) = try? verifier.checkpoint(note) else { return }
    guard [6, 13].contains(checkpoint.size) else { fatalError("G11: a forged checkpoint") }
  }

  private func proof(_ bytes: [UInt8]) {
    guard let proof = try? ProofFile(parsing: bytes),
      (try? proof.verify(with: verifier)) != nil
    else { return }
    guard proof.entry == entries[Int(proof.entry.sequence)] else {
      fatalError("G11: a forged proof")
    }
  }

  private func growth(_ bytes: [UInt8]) {
    guard let proof = try? GrowthProofFile(parsing: bytes),
      let (old, new) = try? proof.verify(with: verifier)
    else { return }
    guard old.size <= new.size, new.size <= 13 else { fatalError("G11: a forged growth") }
  }

  private func export(_ bytes: [UInt8]) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)[...]
    if lines.last?.isEmpty == true { lines.removeLast() }
    let all = Array(lines)
    guard let report = try? verifier.verify(nextLine: { lines.popFirst() }) else { return }
    guard report.size == 6 || report.root == root else { fatalError("G11: another log verifies") }
    for line in all.dropFirst() {
      guard let json = try? JSONValue(parsing: line), let value = json["entry"],
        let index = json["index"]?.count, index < report.size
      else { continue }
      guard value.canonicalBytes == entries[Int(index)].canonicalBytes else {
        fatalError("G11: an edited entry verifies")
      }
    }
  }

  private func key(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self), let key = NoteVerifier(text) else {
      return
    }
    guard NoteVerifier(key.text) == key else { fatalError("a key is written otherwise") }
  }

  private func json(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes) else { return }
    let canonical = value.canonicalBytes
    guard (try? JSONValue(parsing: canonical))?.canonicalBytes == canonical else {
      fatalError("canonical JSON is not canonical")
    }
    if let entry = AuditEntry(value) {
      guard entry.canonicalBytes == canonical else { fatalError("an entry loses what it says") }
    }
  }
}
