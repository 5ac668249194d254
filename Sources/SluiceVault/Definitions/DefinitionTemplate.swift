package import SluiceCrypto

/// A definition file, such as that of an agent, with references where secrets belong.
///
/// `vault://TENANT/PATH#VERSION` stands for the value, written as the place demands: escaped within
/// quotes, in quotes where it would mean something else bare. Within other text it is written
/// `${vault://…}`, so that it is clear where the reference ends. What stands in a comment stays.
package struct DefinitionTemplate: Sendable {
  /// A reference, and what it takes the place of.
  struct Slot: Sendable {
    let range: Range<Int>
    let reference: SecretReference
    let place: DefinitionPlace
    /// Whether nothing else is part of the value; matters where it is bare.
    let isWhole: Bool
    let line: Int
  }

  private let bytes: [UInt8]
  private let syntax: DefinitionSyntax
  let slots: [Slot]

  /// The references in the order in which they stand there, each once.
  package var references: [SecretReference] {
    var seen: Set<SecretReference> = []
    return slots.map(\.reference).filter { seen.insert($0).inserted }
  }

  /// - Throws: `VaultError.invalid` for a reference that is none, with its line.
  package init(_ bytes: [UInt8], syntax: DefinitionSyntax) throws(VaultError) {
    self.bytes = bytes
    self.syntax = syntax
    var reader = DefinitionReader(syntax)
    var slots: [Slot] = []
    var index = 0
    var line = 1
    while index < bytes.count {
      if let found = try Self.reference(in: bytes, at: index, line: line), reader.place != .comment
      {
        guard syntax != .json || reader.place == .inDoubleQuotes else {
          throw .invalid(problem: "line \(line): a reference stands outside of a JSON string")
        }
        slots.append(
          Slot(
            range: index..<found.end, reference: found.reference, place: reader.place,
            isWhole: Self.isWhole(index..<found.end, in: bytes), line: line))
        while index < found.end {
          reader.advance(over: bytes[index])
          index += 1
        }
        continue
      }
      if bytes[index] == UInt8(ascii: "\n") { line += 1 }
      reader.advance(over: bytes[index])
      index += 1
    }
    self.slots = slots
  }

  /// The text with values in place of the references.
  ///
  /// - Parameter value: the value of a reference; every one of `references` is asked for.
  /// - Returns: the text, in memory that is wiped.
  /// - Throws: `VaultError.invalid` where a value cannot be written, with the line.
  package func filled(_ value: (SecretReference) -> SecretValue) throws(VaultError) -> SecretBytes {
    var pieces: [SecretBox] = []
    for slot in slots {
      let value = value(slot.reference)
      let written = try value.bytes.withBytes { (bytes) throws(VaultError) in
        try DefinitionWriter(syntax: syntax, slot: slot).written(bytes)
      }
      pieces.append(SecretBox(written))
    }
    let removed = slots.reduce(0) { $0 + $1.range.count }
    let added = pieces.reduce(0) { $0 + $1.bytes.count }
    return SecretBytes(count: bytes.count - removed + added) { output in
      var index = 0
      for (slot, piece) in zip(slots, pieces) {
        for byte in bytes[index..<slot.range.lowerBound] { output.append(byte) }
        piece.bytes.withBytes { for position in $0.indices { output.append($0[position]) } }
        index = slot.range.upperBound
      }
      for byte in bytes[index...] { output.append(byte) }
    }
  }

  /// For arrays, which take no value that cannot be copied.
  private final class SecretBox: Sendable {
    let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
  }

  // MARK: - References

  private static let scheme = Array(SecretReference.scheme.utf8)
  private static let opening = Array("${".utf8)

  private static func starts(_ bytes: [UInt8], at index: Int, with text: [UInt8]) -> Bool {
    index + text.count <= bytes.count && bytes[index..<index + text.count].elementsEqual(text)
  }

  private static func reference(
    in bytes: [UInt8], at start: Int, line: Int
  ) throws(VaultError) -> (reference: SecretReference, end: Int)? {
    let isDelimited = starts(bytes, at: start, with: opening)
    let first = isDelimited ? start + opening.count : start
    guard starts(bytes, at: first, with: scheme) else { return nil }
    var end = first
    while end < bytes.count, isReferenceByte(bytes[end]) { end += 1 }
    let text = String(decoding: bytes[first..<end], as: UTF8.self)
    guard let reference = try? SecretReference(text) else {
      throw .invalid(
        problem: "line \(line): a reference reads vault://TENANT/PATH or vault://TENANT/PATH#2")
    }
    guard isDelimited else { return (reference, end) }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "}") else {
      throw .invalid(problem: "line \(line): '${vault://' has no '}'")
    }
    return (reference, end + 1)
  }

  private static func isReferenceByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "._-@+=:/#".utf8.contains(byte)
    }
  }

  /// Whether only what separates values stands beside it.
  private static func isWhole(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
    let separators = Array(" \t\r\n,[]{}".utf8)
    let before = range.lowerBound == 0 ? UInt8(ascii: "\n") : bytes[range.lowerBound - 1]
    let after = range.upperBound == bytes.count ? UInt8(ascii: "\n") : bytes[range.upperBound]
    return (separators.contains(before) || before == UInt8(ascii: "="))
      && separators.contains(after)
  }
}
