internal import Foundation
internal import Glibc
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

/// Files and descriptors that hold keys.
enum SecretFile {
  private static let largest = 65_536

  /// The content of a file that only its owner can read.
  static func read(_ path: String) throws -> SecretBytes {
    var descriptor = try Descriptor.reading(path: path)
    guard try !descriptor.isOpenToOthers() else { throw VaultError.openToOthers(path: path) }
    return try descriptor.readSecret(limit: largest)
  }

  static func read(descriptor number: CInt) throws -> SecretBytes {
    guard number >= 0, fcntl(number, F_GETFD) >= 0 else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "there is no open descriptor \(number)",
          remedy: "open it in the shell: sluice vault get PATH --unseal-fd 3 3< FILE"))
    }
    var descriptor = Descriptor(borrowing: number, named: "descriptor \(number)")
    return try descriptor.readSecret(limit: largest)
  }

  private static let sharePrefix: StaticString = "sluice-share-"

  static func share(_ path: String) throws -> SecretShare {
    let text = try read(path)
    let start = sharePrefix.description.utf8.count
    let isShare = text.withBytes { bytes in
      bytes.count > start
        && sharePrefix.description.utf8.enumerated().allSatisfy { bytes[$0.offset] == $0.element }
    }
    guard isShare, let bytes = text.fromHexadecimal(in: start..<text.count) else {
      throw UsageError(problem: "'\(path)' holds no share of a key", remedy: nil)
    }
    return SecretShare(bytes)
  }

  static func write(_ share: SecretShare, to path: String) throws {
    try write(share.bytes.hexadecimal(prefix: sharePrefix), to: path)
  }

  /// Writes a new file that only its owner can read.
  static func write(_ bytes: borrowing SecretBytes, to path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw UsageError(
        problem: "'\(path)' is there already", remedy: "name another file, or move it away")
    }
    let before = umask(0o077)
    defer { _ = umask(before) }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    var descriptor = try Descriptor.writing(path: path)
    try bytes.withBytes { try descriptor.write($0) }
    let lineEnd: [UInt8] = [0x0A]
    try descriptor.write(lineEnd.span)
  }
}

/// Where a value comes from: never from the command line (G12).
enum SecretInput {
  /// One line from the terminal, without echo.
  static func prompt(_ question: String) throws -> SecretBytes {
    do {
      return try SecretPrompt.line(question)
    } catch .noTerminal {
      throw UsageError(
        problem: "there is no terminal to ask on",
        remedy: "give it through a descriptor, such as --unseal-fd 3 3< FILE")
    } catch .unusable {
      throw UsageError(problem: "nothing usable was typed", remedy: "type one line")
    }
  }

  /// One line, typed twice.
  static func promptTwice(_ question: String) throws -> SecretBytes {
    let first = try prompt(question)
    let second = try prompt("The same again: ")
    let isSame = first.withBytes { left in
      second.withBytes { ConstantTime.areEqual(left, $0) }
    }
    guard isSame else { throw UsageError(problem: "the two differ", remedy: "try again") }
    return first
  }

  /// A value from a file, a descriptor, standard input, or the terminal that is standard input.
  static func value(file: String?, descriptor: CInt?, isExact: Bool) throws -> SecretBytes {
    let limit = Vault.largestValue + 2
    if let file {
      var source = try Descriptor.reading(path: file)
      return try source.readSecret(limit: limit, isExact: isExact)
    }
    if descriptor == nil, isatty(STDIN_FILENO) == 1 { return try promptTwice("Value: ") }
    let number = descriptor ?? STDIN_FILENO
    guard fcntl(number, F_GETFD) >= 0 else {
      throw ConfigurationError(
        cause: UsageError(problem: "there is no open descriptor \(number)", remedy: nil))
    }
    var source = Descriptor(borrowing: number, named: "descriptor \(number)")
    return try source.readSecret(limit: limit, isExact: isExact)
  }

  /// Refuses unless the user said yes, by flag or on the terminal.
  static func confirm(_ question: String, isGiven: Bool) throws {
    if isGiven { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw ConfigurationError(
        cause: UsageError(problem: "this cannot be undone", remedy: "say --yes"))
    }
    note(question + " Type yes: ")
    guard readLine() == "yes" else {
      throw UsageError(problem: "nothing was done", remedy: nil)
    }
  }
}
