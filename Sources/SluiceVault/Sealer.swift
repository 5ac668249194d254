internal import SluiceAudit
package import SluiceCrypto

/// Keeps the root key while the vault is closed.
///
/// A key service outside of the machine fits here as well as the three that are built in.
package protocol Sealer: Sendable {
  /// What is stored beside the sealed key, so that a `Sealer` can be made again to open it.
  var description: SealDescription { get }
  func seal(_ root: Span<UInt8>, for place: AssociatedData) throws(CryptoError) -> [UInt8]
  func open(_ sealed: [UInt8], at place: AssociatedData) throws(CryptoError) -> SecretBytes
}

/// How the root key is sealed; says nothing that must stay secret.
package struct SealDescription: Sendable, Hashable {
  package enum Kind: String, Sendable {
    case keyFile = "key-file"
    case passphrase
    case shares
  }

  package let kind: Kind
  let salt: [UInt8]
  /// For a passphrase.
  let scrypt: Scrypt?
  /// For shares: how many are needed, of how many.
  package let threshold: Int?
  package let shares: Int?
  /// For a key file: where it was, as a hint for the next time.
  package let keyFile: String?

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("kind", .string(kind.rawValue)), .init("salt", .string(Hexadecimal.text(of: salt))),
    ]
    if let scrypt {
      members += [
        .init("n", .integer(scrypt.cost)), .init("r", .integer(scrypt.blockSize)),
        .init("p", .integer(scrypt.parallelism)),
      ]
    }
    if let threshold { members.append(.init("threshold", .integer(threshold))) }
    if let shares { members.append(.init("shares", .integer(shares))) }
    if let keyFile { members.append(.init("keyFile", .string(keyFile))) }
    return .object(members)
  }

  init?(_ json: JSONValue) {
    guard let kind = json["kind"]?.text.flatMap(Kind.init),
      let salt = json["salt"]?.text.flatMap(Hexadecimal.bytes)
    else { return nil }
    self.kind = kind
    self.salt = salt
    if let cost = json["n"]?.count, let size = json["r"]?.count, let lanes = json["p"]?.count {
      scrypt = Scrypt(cost: cost, blockSize: size, parallelism: lanes)
    } else {
      scrypt = nil
    }
    threshold = json["threshold"]?.count.map(Int.init)
    shares = json["shares"]?.count.map(Int.init)
    keyFile = json["keyFile"]?.text
  }

  private init(
    _ kind: Kind, scrypt: Scrypt? = nil, threshold: Int? = nil, shares: Int? = nil,
    keyFile: String? = nil
  ) throws(CryptoError) {
    self.kind = kind
    salt = try SecureRandom.bytes(32)
    self.scrypt = scrypt
    self.threshold = threshold
    self.shares = shares
    self.keyFile = keyFile
  }

  package static func keyFile(hint: String?) throws(CryptoError) -> SealDescription {
    try SealDescription(.keyFile, keyFile: hint)
  }

  package static func passphrase(
    _ scrypt: Scrypt = .interactive
  ) throws(CryptoError) -> SealDescription {
    try SealDescription(.passphrase, scrypt: scrypt)
  }

  package static func shares(
    threshold: Int, of count: Int
  ) throws(CryptoError) -> SealDescription {
    try SealDescription(.shares, threshold: threshold, shares: count)
  }

  /// The sealer of this kind for a key file's content, a passphrase or a combined secret.
  package func sealer(_ material: borrowing SecretBytes) throws(CryptoError) -> MaterialSealer {
    try MaterialSealer(self, material)
  }
}

/// Seals with a key that comes from what a person or a file brings.
package final class MaterialSealer: Sealer {
  package let description: SealDescription
  private let key: Key<SealingKeyPurpose>

  convenience init(
    _ description: SealDescription, _ material: borrowing SecretBytes
  ) throws(CryptoError) {
    // A passphrase is stretched; a file or a combined secret has its 256 bits already, but in a
    // form of its own (hexadecimal digits), so that it is condensed.
    let stretched: SecretBytes
    if let scrypt = description.scrypt {
      stretched = try scrypt.derive(from: material, salt: description.salt, count: keyByteCount)
    } else {
      stretched = try material.withBytes { (bytes) throws(CryptoError) in
        try SecretBytes.condensed(bytes, salt: description.salt)
      }
    }
    let key = try Key<MaterialPurpose>(stretched).derived(
      for: SealingKeyPurpose.self, salt: description.salt,
      context: Array(description.kind.rawValue.utf8))
    self.init(description, key)
  }

  private init(_ description: SealDescription, _ key: consuming Key<SealingKeyPurpose>) {
    self.description = description
    self.key = key
  }

  package func seal(
    _ root: Span<UInt8>, for place: AssociatedData
  ) throws(CryptoError) -> [UInt8] {
    try key.seal(root, for: place)
  }

  package func open(
    _ sealed: [UInt8], at place: AssociatedData
  ) throws(CryptoError) -> SecretBytes {
    try key.open(sealed, at: place)
  }
}
