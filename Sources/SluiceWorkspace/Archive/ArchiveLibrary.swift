internal import CArchive
internal import Glibc

/// What is used of libarchive, which is loaded when the first archive is read.
///
/// PERF: it takes ten other libraries with it, and to load them is a tenth of the time in which a
/// filter, which reads no archive, starts.
@safe struct ArchiveLibrary: Sendable {
  /// Its name as long as its functions are what the headers declare.
  static let name = "libarchive.so.13"

  /// Nil where it is not installed.
  static let shared = ArchiveLibrary()

  let readNew: archive_read_new_function
  let readFree: archive_read_free_function
  /// What a reader is to understand; each is called with the reader.
  let supports: [archive_read_support_filter_gzip_function]
  let openDescriptor: archive_read_open_fd_function
  let openStream: archive_read_open_function
  let nextHeader: archive_read_next_header_function
  let readData: archive_read_data_function
  let readBlock: archive_read_data_block_function
  let skipData: archive_read_data_skip_function
  let format: archive_format_function
  let errorText: archive_error_string_function
  let fileType: archive_entry_filetype_function
  let hardLink: archive_entry_hardlink_function
  let isEncrypted: archive_entry_is_data_encrypted_function
  let path: archive_entry_pathname_function
  let pathInUTF8: archive_entry_pathname_utf8_function

  private init?() {
    // Never closed: there may be readers.
    guard let library = unsafe dlopen(Self.name, RTLD_NOW | RTLD_LOCAL) else { return nil }
    func function<Function>(_ name: String) -> Function? {
      // SAFETY: the types are those that the headers declare for these names.
      unsafe dlsym(library, name).map { unsafe unsafeBitCast($0, to: Function.self) }
    }
    let kinds = [
      "filter_gzip", "filter_bzip2", "filter_xz", "filter_zstd", "format_tar", "format_zip",
      "format_empty", "format_raw",
    ]
    unsafe supports = kinds.compactMap { unsafe function("archive_read_support_" + $0) }
    guard unsafe supports.count == kinds.count,
      let readNew: archive_read_new_function = unsafe function("archive_read_new"),
      let readFree: archive_read_free_function = unsafe function("archive_read_free"),
      let openDescriptor: archive_read_open_fd_function = unsafe function("archive_read_open_fd"),
      let openStream: archive_read_open_function = unsafe function("archive_read_open"),
      let nextHeader: archive_read_next_header_function =
        unsafe function("archive_read_next_header"),
      let readData: archive_read_data_function = unsafe function("archive_read_data"),
      let readBlock: archive_read_data_block_function =
        unsafe function("archive_read_data_block"),
      let skipData: archive_read_data_skip_function = unsafe function("archive_read_data_skip"),
      let format: archive_format_function = unsafe function("archive_format"),
      let errorText: archive_error_string_function = unsafe function("archive_error_string"),
      let fileType: archive_entry_filetype_function = unsafe function("archive_entry_filetype"),
      let hardLink: archive_entry_hardlink_function = unsafe function("archive_entry_hardlink"),
      let isEncrypted: archive_entry_is_data_encrypted_function =
        unsafe function("archive_entry_is_data_encrypted"),
      let path: archive_entry_pathname_function = unsafe function("archive_entry_pathname"),
      let pathInUTF8: archive_entry_pathname_utf8_function =
        unsafe function("archive_entry_pathname_utf8")
    else { return nil }
    unsafe (self.readNew, self.readFree) = (readNew, readFree)
    unsafe (self.openDescriptor, self.openStream) = (openDescriptor, openStream)
    unsafe (self.nextHeader, self.readData) = (nextHeader, readData)
    unsafe (self.readBlock, self.skipData) = (readBlock, skipData)
    unsafe (self.format, self.errorText) = (format, errorText)
    unsafe (self.fileType, self.hardLink) = (fileType, hardLink)
    unsafe (self.isEncrypted, self.path) = (isEncrypted, path)
    unsafe self.pathInUTF8 = pathInUTF8
  }
}
