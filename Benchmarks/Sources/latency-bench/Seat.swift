import Foundation
import Glibc
import Histogram

/// A process between two pipes.
struct Seat {
  let command: [String]

  /// Sends lines at a steady rate and reads them back.
  ///
  /// - Parameters:
  ///   - rate: lines a second.
  ///   - count: how many.
  ///   - secretEvery: one in so many holds a token.
  /// - Returns: nanoseconds from the moment a line was due until it came out.
  /// - Throws: `SeatError` if a line did not come back.
  func measure(rate: Int, count: Int, secretEvery: Int) throws -> Histogram<UInt64> {
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let interval = UInt64(1_000_000_000 / rate)
    let warmUp = min(count / 10, rate)
    // The filter compiles an expression when it first meets it; start-up is measured elsewhere.
    let start = Self.now() + 1_000_000_000
    let writer = input.fileHandleForWriting.fileDescriptor
    let thread = Thread {
      for number in 0..<count {
        let due = start + UInt64(number) * interval
        while Self.now() < due {
          let left = due - min(due, Self.now())
          if left > 60_000 { usleep(UInt32((left - 50_000) / 1000)) }
        }
        let line = Self.line(number, hasSecret: number % secretEvery == 0)
        _ = line.withUnsafeBytes { Glibc.write(writer, $0.baseAddress, $0.count) }
      }
      try? input.fileHandleForWriting.close()
    }
    thread.start()
    var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var number = 0
    let reader = output.fileHandleForReading.fileDescriptor
    while true {
      let length = buffer.withUnsafeMutableBytes { Glibc.read(reader, $0.baseAddress, $0.count) }
      guard length > 0 else { break }
      let time = Self.now()
      for byte in buffer[0..<length] where byte == 0x0A {
        let due = start + UInt64(number) * interval
        if number >= warmUp { _ = histogram.record(time > due ? time - due : 0) }
        number += 1
      }
    }
    process.waitUntilExit()
    guard number == count else { throw SeatError.lost(sent: count, came: number) }
    return histogram
  }

  private static func line(_ number: Int, hasSecret: Bool) -> [UInt8] {
    let secret = hasSecret ? "AKIA" + "QNZGKIQY56JQ7WML" : "nothing to hide here"
    return Array(
      ("{\"level\":\"info\",\"number\":\(number),\"path\":\"/v1/items?page=3\",\"key\":\""
        + secret + "\",\"text\":\"GET 200 in 12 ms\"}\n").utf8)
  }

  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

enum SeatError: Error {
  case lost(sent: Int, came: Int)
}
