internal import SluiceCrypto

/// The names that stand behind pseudonyms in the log.
///
/// A pseudonym is the hash of a random key, of what kind of name it is, and of the name. It is one
/// for each name, so that acts of one person can be joined. Whoever has key and name can prove that
/// they belong to it; without the key nobody can, not even by trying all names. To destroy the key
/// erases the person from the log, and no hash of the log changes.
package struct AuditNames: Sendable {
  /// A name, and what proves that it belongs to its pseudonym.
  package struct Disclosure: Sendable, Hashable {
    package let kind: String
    package let name: String
    package let key: [UInt8]

    package init(kind: String, name: String, key: [UInt8]) {
      self.kind = kind
      self.name = name
      self.key = key
    }

    /// What stands in entries.
    package var pseudonym: String {
      let digest = SHA256.digest(of: key + Array(kind.utf8) + [0] + Array(name.utf8))
      return "\(kind)-\(Hexadecimal.text(of: Array(digest.bytes.prefix(16))))"
    }
  }

  /// By pseudonym.
  package let disclosures: [String: Disclosure]

  package init(_ disclosures: [Disclosure] = []) {
    self.disclosures = Dictionary(
      disclosures.map { ($0.pseudonym, $0) }, uniquingKeysWith: { $1 })
  }

  /// The name, or what was given if no name is known for it.
  package subscript(text: String) -> String { disclosures[text]?.name ?? text }

  /// The entry with names instead of pseudonyms, for people to read.
  package func named(_ entry: AuditEntry) -> AuditEntry {
    guard !disclosures.isEmpty else { return entry }
    var entry = entry
    entry.actor = AuditEntry.Actor(entry.actor.kind, self[entry.actor.name])
    entry.host = self[entry.host]
    return entry
  }
}
