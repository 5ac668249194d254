/// A check on the bytes of a secret that an expression cannot make.
///
/// Validators are pure, allocate nothing and look at the secret alone, so that the stream scanner,
/// `rules lint` and the oracle give the same verdict.
package enum Validator: Sendable, Hashable {
  case checksum(Checksum)
  /// Least Shannon entropy, in bits a byte (0...8).
  case entropy(Double)
  case format(Format)
  case structure(Structure)
  /// The value of a key of this strength is taken for a secret; see `credentialScore`.
  case credential(KeyStrength)
  /// Least number of character kinds: lower case, upper case, digit, other (1...4).
  case minimumClasses(Int)

  /// Reads the spelling of a rule file: `key: value`.
  ///
  /// - Returns: nil if there is no such validator or the value is out of range.
  package init?(key: String, value: String) {
    switch key {
    case "checksum":
      guard let checksum = Checksum(rawValue: value) else { return nil }
      self = .checksum(checksum)
    case "entropy":
      guard let bits = Double(value), bits > 0, bits <= 8 else { return nil }
      self = .entropy(bits)
    case "format":
      guard let format = Format(rawValue: value) else { return nil }
      self = .format(format)
    case "structure":
      guard let structure = Structure(rawValue: value) else { return nil }
      self = .structure(structure)
    case "credential":
      guard let strength = KeyStrength(rawValue: value) else { return nil }
      self = .credential(strength)
    case "minimumClasses":
      guard let count = Int(value), (1...4).contains(count) else { return nil }
      self = .minimumClasses(count)
    default:
      return nil
    }
  }

  /// Key and value as a rule file spells them.
  package var spelling: (key: String, value: String) {
    switch self {
    case .checksum(let checksum): ("checksum", checksum.rawValue)
    case .entropy(let bits): ("entropy", "\(bits)")
    case .format(let format): ("format", format.rawValue)
    case .structure(let structure): ("structure", structure.rawValue)
    case .credential(let strength): ("credential", strength.rawValue)
    case .minimumClasses(let count): ("minimumClasses", "\(count)")
    }
  }

  package func accepts(_ secret: Span<UInt8>) -> Bool {
    switch self {
    case .checksum(let checksum): checksum.holds(for: secret)
    case .entropy(let bits): shannonEntropy(of: secret) >= bits
    case .format(let format): format.holds(for: secret)
    case .structure(let structure): structure.holds(for: secret)
    case .credential(let strength): isCredential(secret, under: strength)
    case .minimumClasses(let count): characterClasses(in: secret) >= count
    }
  }

  /// What the secret tells about itself; to be asked for a finding that is reported, not in the
  /// stream.
  package func insights(in secret: Span<UInt8>) -> [Insight] {
    switch self {
    case .format(let format): format.insights(in: secret)
    case .checksum, .entropy, .structure, .credential, .minimumClasses: []
    }
  }
}
