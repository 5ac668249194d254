internal import SluiceCrypto
internal import SluiceRules
internal import SluiceVault
internal import SluiceWorkspace

/// Keeps values that are taken out of files in the vault.
///
/// A value that is the current one of a secret already is not stored twice: its reference is used
/// wherever the value stands, and again after a crash between storing it and changing the file.
struct VaultRegistrar: SecretRegistrar {
  private let vault: Vault?
  private let tenant: Name
  private let requester: Requester
  private let writes: Bool
  private var byFingerprint: [String: SecretPath] = [:]
  private var taken: Set<SecretPath> = []

  /// Opens the vault; when nothing is to be written, one that is not there or sealed is no error.
  init(_ options: ScanFixOptions) throws {
    tenant = try configuring { try Name(options.tenant, kind: "tenant") }
    requester = try .person()
    writes = !options.dryRun
    vault = writes ? try options.vault.openUnsealed() : try? options.vault.openForReading()
    guard let vault else { return }
    let secrets: [SecretRecord]
    do {
      secrets = try vault.secrets(of: tenant, by: requester)
    } catch  where !writes {
      return
    }
    for secret in secrets {
      taken.insert(secret.path)
      if let current = secret.current { byFingerprint[current.fingerprint] = secret.path }
    }
  }

  mutating func reference(
    for value: borrowing SecretBytes, at place: [String], ruleID: String
  ) throws -> String {
    let isOpen = vault.map { !$0.isSealed } ?? false
    let fingerprint = isOpen ? try vault?.fingerprint(of: value) : nil
    if let fingerprint, let path = byFingerprint[fingerprint] { return text(of: path) }
    let path = try freePath(place)
    if writes, let vault {
      var attributes = SecretAttributes()
      attributes.type = ruleID
      try vault.put(value, at: path, of: tenant, attributes: attributes, by: requester)
    }
    taken.insert(path)
    if let fingerprint { byFingerprint[fingerprint] = path }
    return text(of: path)
  }

  private func text(of path: SecretPath) -> String {
    SecretReference(tenant: tenant, path: path).text
  }

  /// The proposed path, or that with a number if another value has it.
  private func freePath(_ place: [String]) throws -> SecretPath {
    let text = SecretPath.text(of: place)
    var path = try SecretPath(text)
    var number = 2
    while taken.contains(path) {
      path = try SecretPath("\(text)-\(number)")
      number += 1
    }
    return path
  }
}

extension SecretPath {
  private static let longest = 480

  /// A path of any texts: what may not stand in one becomes a hyphen.
  static func text(of segments: [String]) -> String {
    let clean = segments.map { segment in
      let text = String(
        segment.unicodeScalars.map { scalar in
          let isAllowed =
            scalar.isASCII
            && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
              || "._-".unicodeScalars.contains(scalar))
          return isAllowed ? Character(scalar) : "-"
        })
      return text.allSatisfy { $0 == "." } ? "-" : text
    }
    // The end says most: it names the value.
    var kept = clean
    while kept.joined(separator: "/").utf8.count > longest, kept.count > 1 { kept.removeFirst() }
    return String(kept.joined(separator: "/").suffix(longest))
  }
}
