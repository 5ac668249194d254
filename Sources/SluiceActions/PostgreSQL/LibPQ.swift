internal import Glibc

/// PostgreSQL's own client library, opened when the first connection is made.
///
/// Not linked: it brings 24 libraries (Kerberos, LDAP, SASL) with it that a filter has no use for,
/// and a filter must start where none of them is installed. The names and types are those of
/// libpq-fe.h, which has kept them since PostgreSQL 10.
@safe final class LibPQ: Sendable {
  typealias Connection = OpaquePointer
  typealias Result = OpaquePointer
  typealias Text = UnsafePointer<CChar>
  typealias NoticeProcessor = @convention(c) (UnsafeMutableRawPointer?, Text?) -> Void
  typealias Texts = UnsafePointer<UnsafePointer<CChar>?>

  nonisolated(unsafe) let connectStart: @convention(c) (Texts, Texts, CInt) -> Connection?
  nonisolated(unsafe) let connectPoll: @convention(c) (Connection) -> CInt
  nonisolated(unsafe) let status: @convention(c) (Connection) -> CInt
  nonisolated(unsafe) let socket: @convention(c) (Connection) -> CInt
  nonisolated(unsafe) let errorMessage: @convention(c) (Connection) -> Text?
  nonisolated(unsafe) let usedPassword: @convention(c) (Connection) -> CInt
  nonisolated(unsafe) let needsPassword: @convention(c) (Connection) -> CInt
  nonisolated(unsafe) let setNoticeProcessor:
    @convention(c) (Connection, NoticeProcessor, UnsafeMutableRawPointer?) ->
      UnsafeMutableRawPointer?
  nonisolated(unsafe) let finish: @convention(c) (Connection) -> Void
  nonisolated(unsafe) let sendQuery:
    @convention(c) (
      Connection, Text, CInt, UnsafePointer<CUnsignedInt>?, Texts?, UnsafePointer<CInt>?,
      UnsafePointer<CInt>?, CInt
    ) -> CInt
  nonisolated(unsafe) let consumeInput: @convention(c) (Connection) -> CInt
  nonisolated(unsafe) let isBusy: @convention(c) (Connection) -> CInt
  nonisolated(unsafe) let getResult: @convention(c) (Connection) -> Result?
  nonisolated(unsafe) let resultStatus: @convention(c) (Result) -> CInt
  nonisolated(unsafe) let resultErrorField: @convention(c) (Result, CInt) -> Text?
  nonisolated(unsafe) let rowCount: @convention(c) (Result) -> CInt
  nonisolated(unsafe) let columnCount: @convention(c) (Result) -> CInt
  nonisolated(unsafe) let value: @convention(c) (Result, CInt, CInt) -> Text?
  nonisolated(unsafe) let clear: @convention(c) (Result) -> Void
  nonisolated(unsafe) let encryptPassword:
    @convention(c) (Connection, Text, Text, Text) -> UnsafeMutablePointer<CChar>?
  nonisolated(unsafe) let freeMemory: @convention(c) (UnsafeMutableRawPointer) -> Void

  /// Nil where the library is not installed.
  static let shared: LibPQ? = LibPQ()

  private init?() {
    guard let library = unsafe dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL) else { return nil }
    func symbol<Function>(_ name: String, as type: Function.Type) -> Function? {
      guard let address = unsafe dlsym(library, name) else { return nil }
      // SAFETY: libpq's headers declare the function of that name with this type.
      return unsafe unsafeBitCast(address, to: type)
    }
    guard
      let connectStart = unsafe symbol(
        "PQconnectStartParams", as: (@convention(c) (Texts, Texts, CInt) -> Connection?).self),
      let connectPoll = unsafe symbol(
        "PQconnectPoll", as: (@convention(c) (Connection) -> CInt).self),
      let status = unsafe symbol("PQstatus", as: (@convention(c) (Connection) -> CInt).self),
      let socket = unsafe symbol("PQsocket", as: (@convention(c) (Connection) -> CInt).self),
      let errorMessage = unsafe symbol(
        "PQerrorMessage", as: (@convention(c) (Connection) -> Text?).self),
      let usedPassword = unsafe symbol(
        "PQconnectionUsedPassword", as: (@convention(c) (Connection) -> CInt).self),
      let needsPassword = unsafe symbol(
        "PQconnectionNeedsPassword", as: (@convention(c) (Connection) -> CInt).self),
      let setNoticeProcessor = unsafe symbol(
        "PQsetNoticeProcessor",
        as: (@convention(c) (Connection, NoticeProcessor, UnsafeMutableRawPointer?) ->
          UnsafeMutableRawPointer?).self),
      let finish = unsafe symbol("PQfinish", as: (@convention(c) (Connection) -> Void).self),
      let sendQuery = unsafe symbol(
        "PQsendQueryParams",
        as: (@convention(c) (
          Connection, Text, CInt, UnsafePointer<CUnsignedInt>?, Texts?, UnsafePointer<CInt>?,
          UnsafePointer<CInt>?, CInt
        ) -> CInt).self),
      let consumeInput = unsafe symbol(
        "PQconsumeInput", as: (@convention(c) (Connection) -> CInt).self),
      let isBusy = unsafe symbol("PQisBusy", as: (@convention(c) (Connection) -> CInt).self),
      let getResult = unsafe symbol(
        "PQgetResult", as: (@convention(c) (Connection) -> Result?).self),
      let resultStatus = unsafe symbol(
        "PQresultStatus", as: (@convention(c) (Result) -> CInt).self),
      let resultErrorField = unsafe symbol(
        "PQresultErrorField", as: (@convention(c) (Result, CInt) -> Text?).self),
      let rowCount = unsafe symbol("PQntuples", as: (@convention(c) (Result) -> CInt).self),
      let columnCount = unsafe symbol("PQnfields", as: (@convention(c) (Result) -> CInt).self),
      let value = unsafe symbol(
        "PQgetvalue", as: (@convention(c) (Result, CInt, CInt) -> Text?).self),
      let clear = unsafe symbol("PQclear", as: (@convention(c) (Result) -> Void).self),
      let encryptPassword = unsafe symbol(
        "PQencryptPasswordConn",
        as: (@convention(c) (Connection, Text, Text, Text) -> UnsafeMutablePointer<CChar>?).self),
      let freeMemory = unsafe symbol(
        "PQfreemem", as: (@convention(c) (UnsafeMutableRawPointer) -> Void).self)
    else { return nil }
    unsafe self.connectStart = connectStart
    unsafe self.connectPoll = connectPoll
    unsafe self.status = status
    unsafe self.socket = socket
    unsafe self.errorMessage = errorMessage
    unsafe self.usedPassword = usedPassword
    unsafe self.needsPassword = needsPassword
    unsafe self.setNoticeProcessor = setNoticeProcessor
    unsafe self.finish = finish
    unsafe self.sendQuery = sendQuery
    unsafe self.consumeInput = consumeInput
    unsafe self.isBusy = isBusy
    unsafe self.getResult = getResult
    unsafe self.resultStatus = resultStatus
    unsafe self.resultErrorField = resultErrorField
    unsafe self.rowCount = rowCount
    unsafe self.columnCount = columnCount
    unsafe self.value = value
    unsafe self.clear = clear
    unsafe self.encryptPassword = encryptPassword
    unsafe self.freeMemory = freeMemory
  }
}
