internal import Glibc
internal import SluiceCrypto
package import SluiceVault

/// Why PostgreSQL did not do it.
///
/// Names the SQL state and the server's message, never a statement.
package enum PostgreSQLError: Error, Hashable {
  case libraryMissing
  case unreachable(String)
  /// The server knows the client and says no.
  case refused(String)
  case failed(state: String, message: String)
  case timedOut(String)
}

/// One connection to a PostgreSQL server, used by one thread, with a limit on every wait.
@safe package final class PostgreSQLConnection {
  /// Where the server is and who comes.
  package struct Place: Sendable {
    package var host: String
    package var port: UInt64
    package var database: String
    package var user: String
    package var encryption: String

    package init(
      host: String, port: UInt64, database: String, user: String, encryption: String = "prefer"
    ) {
      self.host = host
      self.port = port
      self.database = database
      self.user = user
      self.encryption = encryption
    }
  }

  private let library: LibPQ
  private let connection: OpaquePointer
  private let timeout: Duration

  /// Connects.
  ///
  /// - Throws: `PostgreSQLError`.
  package init(
    to place: Place, password: SecretValue?, timeout: Duration
  ) throws(PostgreSQLError) {
    guard let library = LibPQ.shared else { throw .libraryMissing }
    let parameters = [
      ("host", place.host), ("port", String(place.port)), ("dbname", place.database),
      ("user", place.user), ("sslmode", place.encryption), ("application_name", "sluice"),
      // Neither a file of the user nor the environment may decide which password is tried.
      ("passfile", "/dev/null"), ("client_encoding", "UTF8"),
      // libpq writes notices of the server to standard error.
      ("options", "-c client_min_messages=error"),
    ]
    let started: OpaquePointer? =
      if let password {
        unsafe Self.zeroTerminated(password).bytes.withBytes { bytes in
          unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
              unsafe Self.start(library, parameters, password: text.baseAddress)
            }
          }
        }
      } else {
        unsafe Self.start(library, parameters, password: nil)
      }
    guard let started = unsafe started else { throw .unreachable("no memory for a connection") }
    // Left alone, libpq writes what the server has to say to standard error.
    _ = unsafe library.setNoticeProcessor(started, { _, _ in }, nil)
    self.library = library
    unsafe connection = started
    self.timeout = timeout
    try finishConnecting()
  }

  deinit { unsafe library.finish(connection) }

  private static func zeroTerminated(_ value: SecretValue) -> SecretValue {
    value.bytes.withBytes { bytes in
      SecretValue(
        SecretBytes(count: bytes.count + 1) { output in
          for index in bytes.indices { output.append(bytes[index]) }
          output.append(0)
        }, version: value.version)
    }
  }

  private static func start(
    _ library: LibPQ, _ parameters: [(String, String)], password: UnsafePointer<CChar>?
  ) -> OpaquePointer? {
    // SAFETY: libpq copies names and values before it returns; both lists end with a null pointer.
    var names: [UnsafePointer<CChar>?] = unsafe parameters.map {
      unsafe UnsafePointer(strdup($0.0))
    }
    var values: [UnsafePointer<CChar>?] = unsafe parameters.map {
      unsafe UnsafePointer(strdup($0.1))
    }
    defer {
      unsafe names.prefix(parameters.count).forEach {
        unsafe free(UnsafeMutablePointer(mutating: $0))
      }
      unsafe values.prefix(parameters.count).forEach {
        unsafe free(UnsafeMutablePointer(mutating: $0))
      }
    }
    let passwordName = unsafe strdup("password")
    defer { unsafe free(passwordName) }
    if unsafe password != nil {
      unsafe names.append(UnsafePointer(passwordName))
      unsafe values.append(password)
    }
    unsafe names.append(nil)
    unsafe values.append(nil)
    return unsafe library.connectStart(names, values, 0)
  }

  private var deadline: ContinuousClock.Instant { ContinuousClock.now + timeout }

  private var message: String {
    guard let text = unsafe library.errorMessage(connection) else { return "no message" }
    let lines = unsafe String(cString: text).split(whereSeparator: \.isNewline)
    return lines.map { $0.drop(while: \.isWhitespace) }.joined(separator: "; ")
  }

  /// PQconnectPoll says what to wait for: 1 to read, 2 to write; 0 it failed, 3 it is done.
  private func finishConnecting() throws(PostgreSQLError) {
    let deadline = deadline
    guard unsafe library.status(connection) != 1 else { throw .unreachable(message) }
    var wanted: CInt = 2
    while true {
      try wait(for: wanted == 1 ? POLLIN : POLLOUT, until: deadline, doing: "to connect")
      wanted = unsafe library.connectPoll(connection)
      if wanted == 3 { return }
      guard wanted == 0 else { continue }
      let isKnown =
        unsafe library.usedPassword(connection) == 1 || library.needsPassword(connection) == 1
      throw isKnown ? .refused(message) : .unreachable(message)
    }
  }

  private func wait(
    for events: CInt, until deadline: ContinuousClock.Instant, doing what: String
  ) throws(PostgreSQLError) {
    let number = unsafe library.socket(connection)
    guard number >= 0 else { throw .unreachable(message) }
    while true {
      let left = (deadline - ContinuousClock.now).milliseconds
      guard left > 0 else { throw .timedOut(what) }
      var entry = pollfd(fd: number, events: Int16(events), revents: 0)
      let count = unsafe poll(&entry, 1, CInt(min(left, 60_000)))
      if count > 0 { return }
      if count < 0 && errno != EINTR { throw .unreachable("the socket failed") }
    }
  }

  /// Runs one statement.
  ///
  /// - Parameters:
  ///   - statement: SQL without secrets.
  ///   - arguments: for `$1` and so on.
  /// - Returns: the rows.
  /// - Throws: `PostgreSQLError`; after `timedOut` the connection is of no use.
  @discardableResult
  package func run(
    _ statement: String, _ arguments: [String] = []
  ) throws(PostgreSQLError) -> [[String]] {
    let deadline = deadline
    let texts: [UnsafePointer<CChar>?] = unsafe arguments.map { unsafe UnsafePointer(strdup($0)) }
    defer { unsafe texts.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) } }
    // SAFETY: libpq copies the statement and the arguments before it returns.
    let isSent = unsafe library.sendQuery(
      connection, statement, CInt(arguments.count), nil, texts, nil, nil, 0)
    guard isSent == 1 else { throw .unreachable(message) }
    var rows: [[String]] = []
    var error: PostgreSQLError?
    while true {
      while unsafe library.isBusy(connection) == 1 {
        try wait(for: POLLIN, until: deadline, doing: "a statement")
        guard unsafe library.consumeInput(connection) == 1 else { throw .unreachable(message) }
      }
      guard let result = unsafe library.getResult(connection) else { break }
      defer { unsafe library.clear(result) }
      switch unsafe library.resultStatus(result) {
      case 1: break
      case 2: rows += unsafe Self.rows(library, result)
      default: error = unsafe Self.error(library, result)
      }
    }
    if let error { throw error }
    return rows
  }

  private static func rows(_ library: LibPQ, _ result: OpaquePointer) -> [[String]] {
    let columns = unsafe library.columnCount(result)
    return unsafe (0..<(library.rowCount(result))).map { row in
      (0..<columns).map { column in
        unsafe library.value(result, row, column).map { unsafe String(cString: $0) } ?? ""
      }
    }
  }

  private static func error(_ library: LibPQ, _ result: OpaquePointer) -> PostgreSQLError {
    func field(_ code: Character) -> String {
      let text = unsafe library.resultErrorField(result, CInt(code.asciiValue ?? 0))
      return unsafe text.map { unsafe String(cString: $0) } ?? ""
    }
    return .failed(state: field("C"), message: field("M"))
  }

  /// What the server keeps of a password (SCRAM-SHA-256, RFC 5803): it never sees the password
  /// itself, and neither does its log.
  package func verifier(
    of password: SecretValue, user: String
  ) throws(PostgreSQLError) -> String {
    let text = Self.zeroTerminated(password).bytes.withBytes { bytes -> String? in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { text in
          guard let start = text.baseAddress else { return nil }
          // SAFETY: both texts end with a zero; the result is freed as libpq asks.
          let made = unsafe library.encryptPassword(connection, start, user, "scram-sha-256")
          guard let made = unsafe made else { return nil }
          defer { unsafe library.freeMemory(made) }
          return unsafe String(cString: made)
        }
      }
    }
    let isSafe = text?.utf8.allSatisfy { byte in
      byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\") && (0x21...0x7E).contains(byte)
    }
    guard let text, isSafe == true else {
      throw .failed(state: "", message: "libpq cannot derive a verifier")
    }
    return text
  }
}
