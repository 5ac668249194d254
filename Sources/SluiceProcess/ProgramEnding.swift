internal import CSluiceProcess

/// How a program ended.
package enum ProgramEnding: Sendable, Hashable {
  case exited(status: CInt)
  case signalled(number: CInt)

  /// - Parameter status: as waitpid(2) has it.
  init(waitStatus status: CInt) {
    let number = status & 0x7F
    self = number == 0 ? .exited(status: status >> 8 & 0xFF) : .signalled(number: number)
  }

  /// Ends this process in the same way: who waits for it sees what it would have seen.
  package func adopt() -> CInt {
    switch self {
    case .exited(let status): return status
    case .signalled(let number):
      sluice_die_by(number)
      // Not reached, unless the signal does not end a process.
      return 128 + number
    }
  }
}
