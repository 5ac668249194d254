internal import SluiceCrypto

/// A value that is a JSON object of texts, such as `{"username":"app","password":"…"}`.
///
/// It is read in place: no copy of the password is made but the one that is asked for.
package struct CredentialObject {
  package struct Member {
    package let name: Range<Int>
    /// What stands between the quotes.
    package let text: Range<Int>
  }

  package let value: SecretValue
  package let members: [Member]

  /// Nil if the value is no JSON object.
  package init?(_ value: SecretValue) {
    guard let members = value.bytes.withBytes({ Self.members(of: $0) }) else { return nil }
    self.value = value
    self.members = members
  }

  package func member(_ name: String) -> Member? {
    value.bytes.withBytes { bytes in
      members.first { member in
        member.name.count == name.utf8.count
          && zip(member.name, name.utf8).allSatisfy { bytes[$0] == $1 }
      }
    }
  }

  /// A member that is no secret, such as a user's name; nil if there is none without escapes.
  package func publicText(_ name: String) -> String? {
    guard let member = member(name) else { return nil }
    return value.bytes.withBytes { bytes in
      let text = member.text.map { bytes[$0] }
      return text.contains(UInt8(ascii: "\\")) ? nil : String(decoding: text, as: UTF8.self)
    }
  }

  /// A secret member, with its escapes resolved; nil if there is none, or a wrong escape in it.
  package func secret(_ name: String) -> SecretValue? {
    guard let member = member(name) else { return nil }
    return value.bytes.withBytes { bytes in
      guard let length = Self.unescape(bytes, member.text, { _ in }) else { return nil }
      return SecretValue(
        SecretBytes(count: length) { output in
          var copied: [UInt8] = []
          copied.reserveCapacity(length)
          _ = Self.unescape(bytes, member.text) { copied.append($0) }
          for index in copied.indices {
            output.append(copied[index])
            copied[index] = 0
          }
        }, version: value.version)
    }
  }

  // MARK: - Reading

  /// The members of the outermost object whose values are texts.
  private static func members(of bytes: Span<UInt8>) -> [Member]? {
    var members: [Member] = []
    var depth = 0
    var name: Range<Int>?
    var isValue = false
    var index = 0
    var isClosed = false
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < bytes.count, depth > 0 else { return nil }
        if depth == 1 {
          if isValue, let name { members.append(Member(name: name, text: start..<index)) }
          name = isValue ? nil : start..<index
        }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard depth > 0 || byte == UInt8(ascii: "{"), !isClosed else { return nil }
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        guard depth >= 0 else { return nil }
        isClosed = depth == 0
      case UInt8(ascii: ":") where depth == 1: isValue = true
      case UInt8(ascii: ",") where depth == 1: isValue = false
      case 0x20, 0x09, 0x0A, 0x0D: break
      default: guard depth > 0 else { return nil }
      }
      index += 1
    }
    return isClosed ? members : nil
  }

  /// - Returns: how many bytes it emitted; nil for a wrong escape.
  private static func unescape(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ emit: (UInt8) -> Void
  ) -> Int? {
    var count = 0
    var index = range.lowerBound
    func hexadecimal(_ start: Int) -> UInt32? {
      guard start + 4 <= range.upperBound else { return nil }
      var value: UInt32 = 0
      for position in start..<start + 4 {
        guard let digit = UInt32(String(UnicodeScalar(bytes[position])), radix: 16) else {
          return nil
        }
        value = value << 4 | digit
      }
      return value
    }
    while index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "\\") else {
        emit(bytes[index])
        count += 1
        index += 1
        continue
      }
      guard index + 1 < range.upperBound else { return nil }
      let simple: [UInt8: UInt8] = [
        0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D,
        0x74: 0x09,
      ]
      if let byte = simple[bytes[index + 1]] {
        emit(byte)
        count += 1
        index += 2
        continue
      }
      guard bytes[index + 1] == UInt8(ascii: "u"), var code = hexadecimal(index + 2) else {
        return nil
      }
      index += 6
      if (0xD800..<0xDC00).contains(code) {
        guard index + 6 <= range.upperBound, let low = hexadecimal(index + 2),
          (0xDC00..<0xE000).contains(low)
        else { return nil }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        index += 6
      }
      guard let scalar = UnicodeScalar(code) else { return nil }
      for byte in Array(String(Character(scalar)).utf8) {
        emit(byte)
        count += 1
      }
    }
    return count
  }
}
