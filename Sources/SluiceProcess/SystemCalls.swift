internal import CLinux
internal import CSluiceProcess
internal import Glibc
package import SluiceCrypto

// Everything of this module that passes pointers to the system is in this file.

/// What the system says about an `errno`.
enum SystemMessage {
  static func text(for code: CInt) -> String {
    // SAFETY: strerror(3) returns a C string that stays valid until the next call; it is copied.
    unsafe String(cString: strerror(code))
  }
}

package enum InheritedEnvironment {
  /// The value of a variable; nil if it is not set.
  package static func value(of name: String) -> String? {
    // SAFETY: a C string that stays valid until the environment changes, which nothing does while
    // sluice runs; it is copied.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// The variables of this process whose name `isKept`, each as `NAME=value`, byte for byte.
  static func variables(_ isKept: (String) -> Bool) -> [[UInt8]] {
    var variables: [[UInt8]] = []
    guard var next = unsafe sluice_environment() else { return [] }
    // SAFETY: the list ends with a null pointer, each of its texts with a NUL; nothing changes the
    // environment while sluice runs.
    while let text = unsafe next.pointee {
      let bytes = unsafe Array(
        UnsafeRawBufferPointer(start: text, count: strlen(text)))
      let name = bytes.prefix { $0 != UInt8(ascii: "=") }
      if isKept(String(decoding: name, as: UTF8.self)) { variables.append(bytes) }
      unsafe next += 1
    }
    return variables
  }
}

/// A program that is about to start.
struct ProgramStart: ~Copyable {
  let arguments: [String]
  let environment: ProgramEnvironment
  /// Descriptors here, and their numbers in the program.
  let descriptors: [(from: CInt, to: CInt)]

  /// - Returns: the process, or the errno with which it could not be started.
  func start() -> Result<CInt, ProcessCode> {
    var process: pid_t = 0
    let code = unsafe withStart { unsafe sluice_start_program($0, &process) }
    return code == 0 ? .success(process) : .failure(ProcessCode(code))
  }

  /// - Returns: the monitor's process, or the errno with which it could not be started.
  func start(inTerminal terminal: CInt, channel: CInt) -> Result<CInt, ProcessCode> {
    var monitor: pid_t = 0
    let code = unsafe withStart {
      unsafe sluice_start_in_terminal($0, terminal, channel, &monitor)
    }
    return code == 0 ? .success(monitor) : .failure(ProcessCode(code))
  }

  private func withStart(_ body: (UnsafePointer<sluice_start>) -> CInt) -> CInt {
    let texts = unsafe arguments.map { unsafe strdup($0) }
    defer { for index in unsafe texts.indices { unsafe free(texts[index]) } }
    let argumentList = unsafe texts.map { unsafe UnsafePointer($0) } + [nil]
    let moves = descriptors.map { sluice_descriptor(from: $0.from, to: $0.to) }
    return unsafe environment.text.withForkedPages { start, length in
      // SAFETY: each offset is the start of a text with a NUL in these pages; all lists outlive
      // the call, and the pages are shared with the process that it forks only.
      let variables =
        unsafe environment.offsets.map {
          unsafe UnsafePointer((start + $0).assumingMemoryBound(to: CChar.self))
        } + [nil]
      return unsafe argumentList.withUnsafeBufferPointer { arguments in
        unsafe variables.withUnsafeBufferPointer { variables in
          unsafe moves.withUnsafeBufferPointer { moves in
            var description = unsafe sluice_start(
              arguments: arguments.baseAddress, environment: variables.baseAddress,
              descriptors: moves.baseAddress, descriptor_count: moves.count,
              secret_memory: start, secret_size: length)
            return unsafe body(&description)
          }
        }
      }
    }
  }
}

/// An `errno`.
struct ProcessCode: Error {
  let value: CInt
  init(_ value: CInt) { self.value = value }
}

// MARK: - Signals and events

extension sluice_signal {
  /// The next signal that was caught; nil if none waits.
  static func next(from descriptor: CInt) -> sluice_signal? {
    var signal = sluice_signal()
    let size = MemoryLayout<sluice_signal>.size
    // SAFETY: the handler writes whole structures, so that a read gets one or nothing.
    let count = unsafe read(descriptor, &signal, size)
    return count == size ? signal : nil
  }
}

enum MonitorEvent {
  /// What the monitor tells next; nil if it is gone.
  static func next(from channel: CInt) -> (kind: UInt32, value: CInt)? {
    var event = sluice_event()
    let size = MemoryLayout<sluice_event>.size
    while true {
      // SAFETY: the monitor writes whole structures into a channel that keeps them apart.
      let count = unsafe read(channel, &event, size)
      if count == size { return (event.kind, event.value) }
      guard count < 0, errno == EINTR else { return nil }
    }
  }
}

enum Signals {
  /// Has signals written to a pipe.
  ///
  /// - Returns: the end to read from, which does not block.
  static func caught(_ numbers: [CInt]) throws(ProcessError) -> CInt {
    let ends = try Pipe.make(blocking: false)
    let code = unsafe numbers.withUnsafeBufferPointer { numbers in
      unsafe sluice_catch_signals(numbers.baseAddress, numbers.count, ends.write)
    }
    guard code == 0 else { throw .noTerminal(code: code) }
    return ends.read
  }
}

enum Pipe {
  /// Both ends close when a program is started.
  static func make(blocking: Bool = true) throws(ProcessError) -> (read: CInt, write: CInt) {
    var ends: [CInt] = [-1, -1]
    guard unsafe sluice_pipe(&ends, blocking ? 1 : 0) == 0 else {
      throw .noTerminal(code: errno)
    }
    return (ends[0], ends[1])
  }

  /// Two ends that are alike and keep messages apart.
  static func channel() throws(ProcessError) -> (CInt, CInt) {
    var ends: [CInt] = [-1, -1]
    let kind = CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw .noTerminal(code: errno)
    }
    return (ends[0], ends[1])
  }

  /// Sends one byte; a receiver that is gone needs none.
  static func send(_ byte: UInt8, to descriptor: CInt) {
    var byte = byte
    while unsafe write(descriptor, &byte, 1) < 0, errno == EINTR {}
  }

  /// The byte that waits; nil at the end, or if none does.
  static func byte(from descriptor: CInt) -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = unsafe read(descriptor, &byte, 1)
      if count == 1 { return byte }
      guard count < 0, errno == EINTR else { return nil }
    }
  }
}

enum Wait {
  /// Waits until one of the descriptors is ready.
  ///
  /// - Parameters:
  ///   - descriptors: what to wait for; a negative number is passed over.
  ///   - milliseconds: at most; negative: as long as it takes.
  /// - Returns: for each whether it is ready, or at its end. None when the time is over or a signal
  ///   came.
  static func ready(
    _ descriptors: [(number: CInt, forWriting: Bool)], milliseconds: CInt
  ) -> [Bool] {
    var requests = descriptors.map {
      pollfd(fd: $0.number, events: Int16($0.forWriting ? POLLOUT : POLLIN), revents: 0)
    }
    let count = unsafe poll(&requests, nfds_t(requests.count), milliseconds)
    return requests.map { count > 0 && $0.revents != 0 }
  }

  /// The status of a process that has ended; nil if it has not.
  static func ending(of process: CInt, blocking: Bool = false) -> ProgramEnding? {
    var status: CInt = 0
    while true {
      let found = unsafe waitpid(process, &status, blocking ? 0 : WNOHANG)
      if found == process { return ProgramEnding(waitStatus: status) }
      guard found < 0, errno == EINTR else { return nil }
    }
  }
}

// MARK: - Terminals

/// A terminal, by an open descriptor.
struct Terminal {
  let number: CInt

  typealias Settings = termios

  /// The terminal whose keys reach this process.
  static var controlling: Terminal? {
    let number = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    return number >= 0 ? Terminal(number: number) : nil
  }

  var settings: Settings? {
    var settings = termios()
    return unsafe tcgetattr(number, &settings) == 0 ? settings : nil
  }

  /// Waits until what was written is out.
  func apply(_ settings: Settings) {
    var settings = settings
    while unsafe tcsetattr(number, TCSADRAIN, &settings) != 0, errno == EINTR {}
  }

  /// Settings with which every byte goes through as it is.
  static func raw(_ settings: Settings) -> Settings {
    var settings = settings
    unsafe cfmakeraw(&settings)
    return settings
  }

  /// Whether this process may read from it; true also where it is not the controlling terminal.
  var isOurs: Bool {
    let group = tcgetpgrp(number)
    return group < 0 || group == getpgrp()
  }

  func copySize(to other: Terminal) {
    var size = winsize()
    guard unsafe ioctl(number, UInt(TIOCGWINSZ), &size) == 0 else { return }
    _ = unsafe ioctl(other.number, UInt(TIOCSWINSZ), &size)
  }

  /// A new pair; what one side gets, the other gives.
  static func pair() throws(ProcessError) -> (controller: Terminal, program: Terminal) {
    let controller = sluice_open_controller()
    guard controller >= 0 else { throw .noTerminal(code: errno) }
    // Not by name: that may be another one's in a mount namespace.
    let program = sluice_open_peer(controller)
    guard program >= 0 else { throw .noTerminal(code: errno) }
    return (Terminal(number: controller), Terminal(number: program))
  }

  /// The bytes that wait; nil at the end.
  func bytes() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe read(number, &buffer, buffer.count)
      if count > 0 { return Array(buffer[..<count]) }
      if count < 0, errno == EINTR { continue }
      return count < 0 && errno == EAGAIN ? [] : nil
    }
  }

  /// Writes as much as goes without waiting.
  ///
  /// - Returns: how many bytes; nil if the other side is gone.
  func write(_ bytes: [UInt8]) -> Int? {
    let count = unsafe Glibc.write(number, bytes, bytes.count)
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }
}

// MARK: - Files in memory

/// An anonymous file that is on no disk, with a content that cannot be changed any more.
@safe package final class MemoryFile: Sendable {
  /// Closed when a program is started, unless it is given to it.
  package let descriptor: CInt
  private nonisolated(unsafe) let mapping: UnsafeMutableRawPointer?
  private let count: Int

  /// - Parameters:
  ///   - name: shown in /proc; no secret.
  ///   - content: copied.
  /// - Throws: `ProcessError.noMemoryFile`.
  package init(named name: String, _ content: borrowing SecretBytes) throws(ProcessError) {
    let first = unsafe sluice_memory_file(name)
    guard first >= 0 else { throw .noMemoryFile(code: errno) }
    // Out of the way of the numbers that programs and shells use.
    let file = fcntl(first, F_DUPFD_CLOEXEC, 64)
    close(first)
    guard file >= 0 else { throw .noMemoryFile(code: errno) }
    descriptor = file
    count = content.count
    let isWritten = content.withBytes { bytes in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        // SAFETY: the buffer is as long as it says.
        unsafe bytes.isEmpty || write(file, bytes.baseAddress, bytes.count) == bytes.count
      }
    }
    guard isWritten, lseek(file, 0, SEEK_SET) == 0, sluice_seal(file) == 0 else {
      let code = errno
      close(file)
      throw .noMemoryFile(code: code)
    }
    // While it is mapped and locked its pages are not swapped out.
    let mapped = unsafe mmap(nil, max(count, 1), PROT_READ, MAP_SHARED, file, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
      unsafe mapping = nil
      return
    }
    _ = unsafe mlock(mapped, count)
    _ = unsafe sluice_leave_out_of_core_dump(mapped, UInt(count))
    _ = unsafe sluice_keep_from_forks(mapped, UInt(count))
    unsafe mapping = mapped
  }

  deinit {
    if let mapping = unsafe mapping { _ = unsafe munmap(mapping, max(count, 1)) }
    close(descriptor)
  }

  /// Where the program finds it under the same descriptor.
  package var path: String { "/proc/self/fd/\(descriptor)" }
}
