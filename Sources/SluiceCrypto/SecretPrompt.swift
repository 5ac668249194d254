internal import Glibc

/// Asks a person for a secret on the terminal, without showing what is typed (G12).
package enum SecretPrompt {
  /// Why nothing was read.
  package enum Failure: Error, Hashable {
    /// There is no terminal to ask on.
    case noTerminal
    /// The line was longer than `longestLine`, or empty.
    case unusable
  }

  package static let longestLine = 4096

  /// Reads one line, without its end, from the controlling terminal.
  ///
  /// - Parameter question: is shown on the terminal, not on standard output.
  /// - Returns: at least one byte.
  /// - Throws: `Failure`.
  package static func line(_ question: String) throws(Failure) -> SecretBytes {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { throw .noTerminal }
    defer { _ = close(terminal) }
    var before = termios()
    guard unsafe tcgetattr(terminal, &before) == 0 else { throw .noTerminal }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    silent.c_lflag |= tcflag_t(ECHONL)
    guard unsafe tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { throw .noTerminal }
    defer { _ = unsafe tcsetattr(terminal, TCSAFLUSH, &before) }
    let text = Array(question.utf8)
    _ = unsafe write(terminal, text, text.count)
    var length = 0
    let buffer = SecretBytes(count: longestLine) { output in
      unsafe output.withUnsafeMutableBufferPointer { target, filled in
        // SAFETY: read(2) writes into the part of the buffer behind `length` only, and the memory
        // of a `SecretBytes` is zeroed, so that all of it is initialised.
        while length < longestLine, let start = target.baseAddress {
          let count = unsafe read(terminal, start + length, longestLine - length)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { break }
          length += count
          if unsafe target[length - 1] == UInt8(ascii: "\n") { break }
        }
        filled = longestLine
      }
    }
    guard length < longestLine else { throw .unusable }
    return try buffer.withBytes { (bytes) throws(Failure) in
      while length > 0, bytes[length - 1] == 0x0A || bytes[length - 1] == 0x0D { length -= 1 }
      guard length > 0 else { throw .unusable }
      return SecretBytes(copying: bytes.extracting(0..<length))
    }
  }
}
