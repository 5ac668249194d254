import ArgumentParser
import CHyperscan
import Foundation

/// Scans a file in memory, block after block, and counts what it is told.
struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "scan")

  @Option(help: "Bytes that are scanned at a time.")
  var block = 128 * 1024

  @Argument(help: "A database that 'compile' wrote.")
  var database: String

  @Argument(help: "The file.")
  var file: String

  private struct Report: Encodable {
    let nanoseconds: UInt64
    let reports: Int
  }

  func run() throws {
    let serialised = try Data(contentsOf: URL(fileURLWithPath: database))
    var loaded: OpaquePointer?
    let status = serialised.withUnsafeBytes { bytes in
      hs_deserialize_database(
        bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &loaded)
    }
    var scratch: OpaquePointer?
    guard status == HS_SUCCESS, let loaded, hs_alloc_scratch(loaded, &scratch) == HS_SUCCESS,
      let scratch
    else { throw HyperscanError("the database cannot be loaded") }
    defer {
      hs_free_scratch(scratch)
      hs_free_database(loaded)
    }
    let text = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    var reports = 0
    let start = threadNanoseconds()
    let result = text.withUnsafeBytes { bytes in
      // SAFETY: the handler is given the address of `reports`, which outlives the scan; each
      // block lies within `bytes`.
      withUnsafeMutablePointer(to: &reports) { count in
        var result = HS_SUCCESS
        for offset in stride(from: 0, to: bytes.count, by: block) where result == HS_SUCCESS {
          result = hs_scan(
            loaded, bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self),
            UInt32(min(block, bytes.count - offset)), 0, scratch,
            { _, _, _, _, context in
              context?.assumingMemoryBound(to: Int.self).pointee += 1
              return 0
            }, count)
        }
        return result
      }
    }
    let elapsed = threadNanoseconds() - start
    guard result == HS_SUCCESS else { throw HyperscanError("the scan failed: \(result)") }
    let report = Report(nanoseconds: elapsed, reports: reports)
    print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
  }
}

/// CPU time of this thread.
private func threadNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
