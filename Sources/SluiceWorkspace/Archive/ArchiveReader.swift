internal import CArchive
internal import Glibc

/// Reads the members of an archive, or the content of a compressed file, by libarchive.
///
/// Formats and filters are those that are named here, all of which libarchive decodes itself: it
/// is not to start other programs. An archive in an archive is read as it comes out of the outer
/// one, so that neither is ever held as a whole.
@safe final class ArchiveReader {
  /// A member's name and kind.
  struct Member {
    /// Nil in a compressed file that is no archive.
    let name: [UInt8]?
    let isFile: Bool
    let isEncrypted: Bool
  }

  /// Where the packed bytes come from: fills a part of the memory, 0 at the end.
  typealias Refill = (inout OutputSpan<UInt8>) throws -> Int

  private static let blockLength = 128 * 1024
  private static let passedOver = "the header of a member is damaged"

  private let library: ArchiveLibrary
  private let handle: OpaquePointer
  private let block: UnsafeMutableBufferPointer<UInt8>
  private let budget: ArchiveBudget
  private let refill: Refill?
  /// What `refill` threw: libarchive only knows that something failed.
  private var refillError: (any Error)?

  /// Reads a file that can be read at any place, which is what a zip asks for.
  ///
  /// - Parameters:
  ///   - descriptor: stays open and must outlive the reader.
  ///   - budget: how much may come out.
  /// - Throws: `ArchiveFailure`.
  convenience init(descriptor: CInt, budget: ArchiveBudget) throws(ArchiveFailure) {
    try self.init(budget: budget, refill: nil)
    try check(unsafe library.openDescriptor(handle, descriptor, Self.blockLength))
  }

  /// Reads a stream.
  ///
  /// - Parameters:
  ///   - budget: how much may come out.
  ///   - refill: gives the packed bytes, piece by piece.
  /// - Throws: `ArchiveFailure`.
  convenience init(budget: ArchiveBudget, stream refill: @escaping Refill) throws(ArchiveFailure) {
    try self.init(budget: budget, refill: refill)
    // SAFETY: the reader frees the handle before it goes, so the pointer to it stays valid for
    // every call that libarchive makes.
    let client = unsafe Unmanaged.passUnretained(self).toOpaque()
    try check(
      unsafe library.openStream(
        handle, client, nil,
        { _, client, output in
          guard let client = unsafe client, let output = unsafe output else { return -1 }
          let reader = unsafe Unmanaged<ArchiveReader>.fromOpaque(client).takeUnretainedValue()
          let count = reader.fillBlock()
          unsafe output.pointee = UnsafeRawPointer(reader.block.baseAddress)
          return count
        }, nil))
  }

  private init(budget: ArchiveBudget, refill: Refill?) throws(ArchiveFailure) {
    guard let library = ArchiveLibrary.shared else {
      throw .damaged(
        "\(ArchiveLibrary.name) cannot be loaded; install it to look into archives", isFatal: true)
    }
    guard let handle = unsafe library.readNew() else {
      throw .damaged("libarchive has no memory", isFatal: true)
    }
    self.library = library
    unsafe self.handle = handle
    unsafe block = .allocate(capacity: refill == nil ? 1 : Self.blockLength)
    self.budget = budget
    self.refill = refill
    for index in unsafe library.supports.indices {
      try check(unsafe library.supports[index](handle))
    }
  }

  deinit {
    _ = unsafe library.readFree(handle)
    unsafe block.deallocate()
  }

  /// Whether what was opened is a tar, which to libarchive every block of zeros is.
  var isTar: Bool {
    unsafe library.format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_TAR
  }

  // MARK: - Members

  /// Goes on to the next member.
  ///
  /// - Returns: nil behind the last one.
  /// - Throws: `ArchiveFailure`.
  func nextMember() throws(ArchiveFailure) -> Member? {
    var entry: OpaquePointer?
    var tries = 0
    while true {
      let status = unsafe library.nextHeader(handle, &entry)
      if status == ARCHIVE_EOF { return nil }
      tries += 1
      guard status == ARCHIVE_RETRY, tries < 100 else {
        // A warning is about a name or an attribute; the member can be read.
        if status != ARCHIVE_WARN { try check(status) }
        break
      }
    }
    guard let entry = unsafe entry else { throw .damaged(Self.passedOver, isFatal: true) }
    try budget.takeMember()
    let isRaw = unsafe library.format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_RAW
    return unsafe Member(
      name: isRaw ? nil : name(of: entry),
      isFile: isRaw
        || library.fileType(entry) & S_IFMT == S_IFREG
          && library.hardLink(entry) == nil,
      isEncrypted: library.isEncrypted(entry) != 0)
  }

  private func name(of entry: OpaquePointer) -> [UInt8] {
    // SAFETY: both are C strings that live as long as the entry; they are copied.
    if let name = unsafe library.pathInUTF8(entry) ?? library.path(entry) {
      return Array(unsafe String(cString: name).utf8)
    }
    return Array("unnamed".utf8)
  }

  /// Reads on in the member.
  ///
  /// - Parameter output: gets the bytes.
  /// - Returns: how many came; 0 at the member's end.
  /// - Throws: `ArchiveFailure`.
  func read(into output: inout OutputSpan<UInt8>) throws(ArchiveFailure) -> Int {
    let count = unsafe output.withUnsafeMutableBufferPointer { storage, filled in
      // SAFETY: the free part of the storage starts at `filled`; libarchive writes as many bytes
      // as it returns.
      let free = unsafe UnsafeMutableBufferPointer(rebasing: storage[filled...])
      let count = unsafe library.readData(handle, free.baseAddress, free.count)
      filled += max(count, 0)
      return count
    }
    guard count >= 0 else {
      try check(CInt(count))
      throw .damaged(Self.passedOver, isFatal: false)
    }
    try budget.take(bytes: count)
    return count
  }

  /// Passes over the rest of the member.
  ///
  /// In a zip that costs nothing; elsewhere it has to be unpacked, which counts.
  func skip() throws(ArchiveFailure) {
    if unsafe library.format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_ZIP {
      return try check(unsafe library.skipData(handle))
    }
    while true {
      var data: UnsafeRawPointer?
      var (count, offset) = (0, la_int64_t(0))
      let status = unsafe library.readBlock(handle, &data, &count, &offset)
      if status == ARCHIVE_EOF { return }
      try check(status)
      try budget.take(bytes: count)
    }
  }

  // MARK: - Packed bytes

  /// Called by libarchive when it wants more.
  private func fillBlock() -> Int {
    guard let refill else { return -1 }
    var output = unsafe OutputSpan(buffer: block, initializedCount: 0)
    do {
      _ = try refill(&output)
      return unsafe output.finalize(for: block)
    } catch {
      refillError = error
      return -1
    }
  }

  private func check(_ status: CInt) throws(ArchiveFailure) {
    guard status < ARCHIVE_OK else { return }
    if let failure = refillError as? ArchiveFailure { throw failure }
    if let error = refillError as? FileError {
      throw .damaged(systemMessage(for: error.code), isFatal: true)
    }
    // SAFETY: a C string that lives as long as the handle; it is copied.
    let text = unsafe library.errorText(handle).map { unsafe String(cString: $0) }
    if let text, text.lowercased().contains("passphrase") { throw .encrypted }
    throw .damaged(text ?? "it is damaged", isFatal: status <= ARCHIVE_FATAL)
  }
}
