/// A JSON value, written in exactly one way (RFC 8785).
///
/// Object members keep the order they were given in; writing sorts them. Names are compared by
/// their code units, unlike `String`, for which two spellings of `é` are equal.
package indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Sendable {
    package let name: String
    package let value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// A number that JSON carries without loss.
  ///
  /// - Precondition: at most 2⁵³, as RFC 7493 §2.2 asks.
  package static func integer(_ value: some BinaryInteger) -> JSONValue {
    precondition(value.magnitude <= 1 << 53, "an integer that JSON cannot carry")
    return .number(Double(value))
  }

  /// The first member of that name, if this is an object.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// A whole number that is not negative.
  package var count: UInt64? {
    guard case .number(let number) = self, number >= 0, number <= 9_007_199_254_740_992 else {
      return nil
    }
    return UInt64(exactly: number)
  }

  package var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  package var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

extension JSONValue {
  /// The value by the rules of RFC 8785: sorted names, no white space, numbers as ECMAScript writes
  /// them.
  package var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return bytes
  }

  package var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

  private func write(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let value): bytes += Self.text(of: value).utf8
    case .string(let value): Self.write(value, into: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      let sorted = members.sorted { Self.precedes($0.name, $1.name) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// The order of UTF-16 code units (RFC 8785 §3.2.3).
  ///
  /// It is that of bytes, but for what UTF-16 writes in two units: those begin with F0 and more in
  /// UTF-8, and come before EE and EF.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    var (one, other) = (left.utf8.makeIterator(), right.utf8.makeIterator())
    while let byte = one.next() {
      guard let next = other.next() else { return false }
      if byte == next { continue }
      guard max(byte, next) >= 0xEE else { return byte < next }
      return left.utf16.lexicographicallyPrecedes(right.utf16)
    }
    return other.next() != nil
  }

  private static func write(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += #"\""#.utf8
      case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
      case 0x08: bytes += #"\b"#.utf8
      case 0x09: bytes += #"\t"#.utf8
      case 0x0A: bytes += #"\n"#.utf8
      case 0x0C: bytes += #"\f"#.utf8
      case 0x0D: bytes += #"\r"#.utf8
      case 0..<0x20:
        bytes += #"\u00"#.utf8
        bytes += (byte < 0x10 ? "0" : "").utf8
        bytes += String(byte, radix: 16).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// ECMA-262 §6.1.6.1.20, Number::toString.
  static func text(of number: Double) -> String {
    precondition(number.isFinite, "JSON has no infinity")
    if number == 0 { return "0" }
    let sign = number < 0 ? "-" : ""
    // Swift gives the shortest digits that read back as the same number, as ECMAScript does; only
    // where the point and the exponent stand differs.
    let parts = number.magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let whole = mantissa[0]
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let all = whole + fraction
    let significant = all.drop { $0 == "0" }
    let point = whole.count + exponent - (all.count - significant.count)
    var digits = String(significant)
    while digits.hasSuffix("0") { digits.removeLast() }
    return sign + text(digits: digits, point: point)
  }

  /// The number with that mantissa, `digits` behind the point, times 10 to the power of `point`.
  private static func text(digits: String, point: Int) -> String {
    let count = digits.count
    func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
    switch point {
    case count...21 where count <= 21: return digits + zeros(point - count)
    case 1...21: return "\(digits.prefix(point)).\(digits.dropFirst(point))"
    case -5...0: return "0." + zeros(-point) + digits
    default:
      let exponent = point - 1
      let tail = count > 1 ? ".\(digits.dropFirst())" : ""
      return "\(digits.prefix(1))\(tail)e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
    }
  }
}
