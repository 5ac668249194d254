/// What kind of private key a base64 text is, told by its first bytes.
///
/// PKCS #1 (RFC 8017 §A.1.2), PKCS #8 (RFC 5958), SEC 1 (RFC 5915), DSA as OpenSSL writes it,
/// OpenSSH (`PROTOCOL.key`) and OpenPGP (RFC 9580 §5.5).
struct PrivateKeyFormat {
  private var algorithm: StaticString
  private var bitCount: Int?
  /// nil if the key is not encrypted, or if its format does not say.
  private var encryption: Encryption?

  private enum Encryption {
    case passphrase
    case cipher(BoundedText<32>)
  }

  /// - Returns: nil if it is none of these formats.
  init?(_ text: Span<UInt8>) {
    var reader = DERReader()
    guard let first = reader.byte(in: text) else { return nil }
    switch first {
    case DERReader.sequence: self.init(der: text, &reader)
    case UInt8(ascii: "o"): self.init(openSSH: text, &reader)
    case 0x80...: self.init(openPGP: text, &reader, tag: first)
    default: return nil
    }
  }

  var insights: [Insight] {
    let size = bitCount.map { " \($0)" } ?? ""
    var insights = [Insight(.key, "\(algorithm)\(size)")]
    switch encryption {
    case nil: break
    case .passphrase: insights.append(Insight(.encryption, "passphrase"))
    case .cipher(let name):
      insights.append(
        Insight(.encryption, untrusted: name.whole) ?? Insight(.encryption, "passphrase"))
    }
    return insights
  }

  // MARK: - DER

  private init?(der text: Span<UInt8>, _ reader: inout DERReader) {
    guard reader.header(tag: DERReader.sequence, in: text) != nil,
      let first = reader.header(in: text)
    else { return nil }
    if first.tag == DERReader.sequence {
      // EncryptedPrivateKeyInfo: the scheme comes first.
      guard let scheme = reader.objectIdentifier(in: text), Self.isPasswordScheme(scheme) else {
        return nil
      }
      self.init(algorithm: "PKCS #8", encryption: .passphrase)
      return
    }
    guard first.tag == DERReader.integer, first.length == 1, let version = reader.byte(in: text),
      version < 2, let second = reader.header(in: text)
    else { return nil }
    switch (version, second.tag) {
    case (_, DERReader.sequence):
      guard let name = reader.objectIdentifier(in: text).flatMap(Self.algorithm) else {
        return nil
      }
      self.init(algorithm: name)
    case (0, DERReader.integer):
      guard let length = second.length, length > 32, reader.skip(length, in: text),
        let third = reader.header(in: text), third.tag == DERReader.integer,
        let thirdLength = third.length
      else { return nil }
      // The third number is RSA's public exponent, which is small, or DSA's subgroup order.
      self.init(algorithm: thirdLength <= 8 ? "RSA" : "DSA", bitCount: length / 8 * 64)
    case (1, DERReader.octets):
      guard let length = second.length, (16...72).contains(length) else { return nil }
      self.init(algorithm: "EC", bitCount: length == 66 ? 521 : length * 8)
    default: return nil
    }
  }

  private init(algorithm: StaticString, bitCount: Int? = nil, encryption: Encryption? = nil) {
    self.algorithm = algorithm
    self.bitCount = bitCount
    self.encryption = encryption
  }

  /// PBES1 and PBES2 (RFC 8018), and those of PKCS #12.
  private static func isPasswordScheme(_ identifier: UInt128) -> Bool {
    identifier >> 8 == 0x2A_8648_86F7_0D01_05 || identifier >> 8 == 0x2A_8648_86F7_0D01_0C01
  }

  private static func algorithm(_ identifier: UInt128) -> StaticString? {
    switch identifier {
    case 0x2A_8648_86F7_0D01_0101, 0x2A_8648_86F7_0D01_010A: "RSA"
    case 0x2A_8648_CE3D_0201: "EC"
    case 0x2A_8648_CE38_0401: "DSA"
    case 0x2A_8648_86F7_0D01_0301, 0x2A_8648_CE3E_0201: "DH"
    case 0x2B_656E: "X25519"
    case 0x2B_656F: "X448"
    case 0x2B_6570: "Ed25519"
    case 0x2B_6571: "Ed448"
    case 0x60_8648_0165_0304_0311...0x60_8648_0165_0304_0313: "ML-DSA"
    case 0x60_8648_0165_0304_0401...0x60_8648_0165_0304_0403: "ML-KEM"
    default: nil
    }
  }

  // MARK: - OpenSSH

  private init?(openSSH text: Span<UInt8>, _ reader: inout DERReader) {
    for expected in "penssh-key-v1\0".utf8 where reader.byte(in: text) != expected { return nil }
    guard let cipher = Self.name(in: text, &reader), let count = reader.number(4, in: text),
      reader.skip(count, in: text), let options = reader.number(4, in: text),
      reader.skip(options, in: text), reader.number(4, in: text) != nil,
      reader.number(4, in: text) != nil, let type = Self.name(in: text, &reader)
    else { return nil }
    let algorithm: StaticString =
      if type.equals("ssh-rsa") {
        "RSA"
      } else if type.equals("ssh-ed25519") {
        "Ed25519"
      } else if type.equals("ssh-dss") {
        "DSA"
      } else if type.equals("sk-ssh-ed25519@openssh.com") {
        "Ed25519 security key"
      } else {
        "EC"
      }
    self.init(
      algorithm: algorithm, encryption: cipher.equals("none") ? nil : .cipher(cipher))
  }

  /// A string of SSH (RFC 4251 §5) of up to 64 bytes.
  private static func name(
    in text: Span<UInt8>, _ reader: inout DERReader
  ) -> BoundedText<32>? {
    guard let count = reader.number(4, in: text), count <= 64 else { return nil }
    var name = BoundedText<32>()
    for _ in 0..<count {
      guard let byte = reader.byte(in: text) else { return nil }
      name.append(byte)
    }
    return name
  }

  // MARK: - OpenPGP

  private init?(openPGP text: Span<UInt8>, _ reader: inout DERReader, tag: UInt8) {
    let isNewFormat = tag & 0x40 != 0
    let type = isNewFormat ? tag & 0x3F : tag >> 2 & 0x0F
    guard type == 5 || type == 7 else { return nil }
    if isNewFormat {
      guard let first = reader.byte(in: text) else { return nil }
      let more = first == 255 ? 4 : first >= 192 ? 1 : 0
      guard reader.skip(more, in: text) else { return nil }
    } else {
      guard tag & 3 < 3, reader.skip(1 << Int(tag & 3), in: text) else { return nil }
    }
    guard let version = reader.byte(in: text), (3...6).contains(version),
      reader.skip(version == 3 ? 6 : 4, in: text), let number = reader.byte(in: text)
    else { return nil }
    switch number {
    case 1, 2, 3: self.init(algorithm: "OpenPGP RSA")
    case 16, 20: self.init(algorithm: "OpenPGP Elgamal")
    case 17: self.init(algorithm: "OpenPGP DSA")
    case 18, 19: self.init(algorithm: "OpenPGP EC")
    case 22, 27, 28: self.init(algorithm: "OpenPGP EdDSA")
    case 25, 26: self.init(algorithm: "OpenPGP X25519")
    default: return nil
    }
  }
}

/// What kind of key store a base64 text is.
enum KeyStoreFormat: String {
  case pkcs12 = "PKCS #12"
  case jks = "JKS"
  case jceks = "JCEKS"

  init?(_ text: Span<UInt8>) {
    var reader = DERReader()
    guard let first = reader.byte(in: text) else { return nil }
    switch first {
    case DERReader.sequence:
      guard reader.header(tag: first, in: text) != nil, reader.smallInteger(in: text) == 3,
        reader.header(in: text)?.tag == DERReader.sequence,
        let content = reader.objectIdentifier(in: text),
        content >> 8 == 0x2A_8648_86F7_0D01_07
      else { return nil }
      self = .pkcs12
    case 0xFE, 0xCE:
      guard let magic = reader.number(3, in: text), let version = reader.number(4, in: text),
        version == 1 || version == 2
      else { return nil }
      switch (first, magic) {
      case (0xFE, 0xEDFEED): self = .jks
      case (0xCE, 0xCECECE): self = .jceks
      default: return nil
      }
    default: return nil
    }
  }
}
