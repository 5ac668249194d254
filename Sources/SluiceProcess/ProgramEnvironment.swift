internal import CSluiceProcess
internal import Glibc
package import SluiceCrypto

/// The environment of a program, on locked pages, as execve(2) takes it: `NAME=value` and a NUL.
package struct ProgramEnvironment: ~Copyable, Sendable {
  /// The longest text of one variable that Linux takes (`MAX_ARG_STRLEN`).
  private static let longest = 131_072

  /// A variable whose value is secret.
  package final class Secret: Sendable {
    let name: String
    let value: SecretBytes

    /// - Throws: `ProcessError.notForEnvironment`.
    package init(_ name: String, copying value: borrowing SecretBytes) throws(ProcessError) {
      let length = name.utf8.count + value.count + 2
      guard length <= longest else {
        throw .notForEnvironment(variable: name, reason: "is too long: \(value.count) bytes")
      }
      let hasNul = value.withBytes { $0.firstIndex(ofByte: 0) != nil }
      guard !hasNul else { throw .notForEnvironment(variable: name, reason: "holds a NUL") }
      self.name = name
      self.value = value.withBytes { SecretBytes(copying: $0) }
    }
  }

  let text: SecretBytes
  /// Where each variable begins.
  let offsets: [Int]

  /// This process's environment with changes.
  ///
  /// - Parameters:
  ///   - removed: names that the program does not get.
  ///   - plain: names and values that are no secrets.
  ///   - secrets: take the place of variables of the same name.
  package init(
    removing removed: Set<String>, adding plain: [(name: String, value: String)],
    secrets: [Secret]
  ) {
    let replaced = removed.union(plain.map(\.name)).union(secrets.map(\.name))
    let kept = InheritedEnvironment.variables { !replaced.contains($0) }
    let added = plain.map { Array("\($0.name)=\($0.value)".utf8) }
    var offsets: [Int] = []
    var length = 0
    for count in (kept + added).map(\.count) {
      offsets.append(length)
      length += count + 1
    }
    for secret in secrets {
      offsets.append(length)
      length += secret.name.utf8.count + 1 + secret.value.count + 1
    }
    self.offsets = offsets
    text = SecretBytes(count: length) { output in
      for variable in kept + added {
        for byte in variable { output.append(byte) }
        output.append(0)
      }
      for secret in secrets {
        for byte in secret.name.utf8 { output.append(byte) }
        output.append(UInt8(ascii: "="))
        secret.value.withBytes { bytes in
          for index in bytes.indices { output.append(bytes[index]) }
        }
        output.append(0)
      }
    }
  }

  /// Whether a text can name a variable in every shell.
  package static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == UInt8(ascii: "_")
    }
  }
}

extension Span where Element == UInt8 {
  func firstIndex(ofByte byte: UInt8) -> Int? {
    for index in indices where self[index] == byte { return index }
    return nil
  }
}
