/// Walks over DER and BER (X.690) in base64, element by element, without decoding it into memory.
///
/// Lengths are believed only as far as there are bytes: a walk costs at most one pass over the
/// text, whatever the text says.
struct DERReader {
  /// The first byte of an element, and how many bytes follow its header; nil: until it is closed.
  struct Header {
    let tag: UInt8
    let length: Int?
  }

  static let integer: UInt8 = 0x02
  static let octets: UInt8 = 0x04
  static let identifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30

  private var base64 = Base64Reader(.lines)

  mutating func byte(in text: Span<UInt8>) -> UInt8? { base64.byte(in: text) }

  mutating func header(in text: Span<UInt8>) -> Header? {
    guard let tag = byte(in: text) else { return nil }
    return header(tag: tag, in: text)
  }

  /// The rest of a header whose tag was read.
  mutating func header(tag: UInt8, in text: Span<UInt8>) -> Header? {
    guard let first = byte(in: text) else { return nil }
    if first < 0x80 { return Header(tag: tag, length: Int(first)) }
    if first == 0x80 { return Header(tag: tag, length: nil) }
    guard first <= 0x84, let length = number(first - 0x80, in: text) else { return nil }
    return Header(tag: tag, length: length)
  }

  /// An unsigned number of up to four bytes, most significant first.
  mutating func number(_ count: UInt8, in text: Span<UInt8>) -> Int? {
    var number = 0
    for _ in 0..<count {
      guard let byte = byte(in: text) else { return nil }
      number = number << 8 | Int(byte)
    }
    return number
  }

  mutating func skip(_ count: Int, in text: Span<UInt8>) -> Bool {
    for _ in 0..<count where byte(in: text) == nil { return false }
    return true
  }

  /// An integer of one byte.
  mutating func smallInteger(in text: Span<UInt8>) -> UInt8? {
    guard let header = header(in: text), header.tag == Self.integer, header.length == 1 else {
      return nil
    }
    return byte(in: text)
  }

  /// The bytes of an object identifier of up to 16 bytes, as one number.
  mutating func objectIdentifier(in text: Span<UInt8>) -> UInt128? {
    guard let header = header(in: text), header.tag == Self.identifier,
      let length = header.length, (1...16).contains(length)
    else { return nil }
    var value: UInt128 = 0
    for _ in 0..<length {
      guard let byte = byte(in: text) else { return nil }
      value = value << 8 | UInt128(byte)
    }
    return value
  }
}
