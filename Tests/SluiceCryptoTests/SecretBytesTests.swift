import Glibc
import SluiceCrypto
import Testing

@Suite("SecretBytes", .serialized)
struct SecretBytesTests {
  private struct FillFailure: Error, Equatable {}

  @Test(
    "lends the bytes that it was filled with",
    arguments: [0, 1, 15, 16, 4095, 4096, 4097, 65_536, 300_001])
  func contents(count: Int) {
    let secret = SecretBytes(count: count) { output in
      for index in 0..<count { output.append(UInt8(truncatingIfNeeded: index &* 31)) }
    }
    #expect(secret.count == count)
    let (length, wrong) = secret.withBytes { bytes in
      (
        bytes.count,
        bytes.indices.count { bytes[$0] != UInt8(truncatingIfNeeded: $0 &* 31) }
      )
    }
    #expect(length == count)
    #expect(wrong == 0)
  }

  @Test("copies a span", arguments: ["", "k", "sixteen bytes ok", "\0\u{FF}\n"])
  func copy(text: String) {
    let original = Array(text.utf8)
    let secret = SecretBytes(copying: original.span)
    let copied = secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    #expect(copied == original)
  }

  @Test("lends the same bytes again and again")
  func repeatedLoans() {
    let secret = SecretBytes(copying: [1, 2, 3].span)
    for _ in 0..<3 {
      #expect(secret.withBytes { $0[0] + $0[1] + $0[2] } == 6)
    }
  }

  @Test("passes on what the borrower throws, and stays usable")
  func borrowerThrows() {
    let secret = SecretBytes(copying: [7].span)
    #expect(throws: FillFailure.self) {
      try secret.withBytes { (_) throws(FillFailure) -> Int in throw FillFailure() }
    }
    #expect(secret.withBytes { $0[0] } == 7)
  }

  @Test("G3: memory that could not be filled is given back")
  func failedFill() async {
    // In a process of its own, where no other test takes memory meanwhile.
    await #expect(processExitsWith: .success) {
      let before = try virtualKilobytes()
      for _ in 0..<200 {
        let secret = try? SecretBytes(count: 1 << 20) { (output) throws(FillFailure) in
          output.append(1)
          throw FillFailure()
        }
        precondition(secret == nil, "a secret that could not be filled was made")
      }
      // 200 MB if every attempt kept its pages.
      let grown = try virtualKilobytes() - before
      precondition(grown < 100 * 1024, "pages were kept")
    }
  }

  @Test("G3: memory is given back with its owner")
  func release() async {
    await #expect(processExitsWith: .success) {
      let before = try virtualKilobytes()
      for _ in 0..<200 {
        _ = SecretBytes(count: 1 << 20) { output in
          for _ in 0..<1 << 20 { output.append(0x41) }
        }
      }
      let grown = try virtualKilobytes() - before
      precondition(grown < 100 * 1024, "pages were kept")
    }
  }

  @Test("a secret that is not filled completely traps")
  func partialFill() async {
    await #expect(processExitsWith: .failure) {
      _ = SecretBytes(count: 4) { output in output.append(1) }
    }
  }

  @Test("a secret that is larger than its room traps")
  func overfill() async {
    await #expect(processExitsWith: .failure) {
      _ = SecretBytes(count: 1) { output in
        output.append(1)
        output.append(2)
      }
    }
  }

  @Test("G3: the pages are locked, and left out of core dumps and forks", arguments: [1, 5000])
  func dumpFlag(count: Int) throws {
    let secret = SecretBytes(count: count) { output in
      for _ in 0..<count { output.append(0x53) }
    }
    let address = secret.withBytes { bytes in
      unsafe bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }
    let flags = try #require(try memoryFlags(at: address), "the address is not mapped")
    #expect(flags.contains("dd"), "flags are \(flags)")
    #expect(flags.contains("dc"), "flags are \(flags)")
    // Who is not the superuser may have no memory left to lock.
    #expect(flags.contains("lo") || geteuid() != 0, "flags are \(flags)")
  }
}

private func virtualKilobytes() throws -> Int {
  let line = try #require(
    try lines(ofFile: "/proc/self/status").first { $0.hasPrefix("VmSize:") })
  return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
}

/// The `VmFlags` of the mapping that holds `address` (proc_pid_smaps(5)).
private func memoryFlags(at address: UInt) throws -> [Substring]? {
  var isInside = false
  for line in try lines(ofFile: "/proc/self/smaps") {
    if line.hasPrefix("VmFlags:") {
      if isInside { return line.split(separator: " ").dropFirst().map { $0 } }
    } else if let range = line.split(separator: " ").first?.split(separator: "-"), range.count == 2,
      let start = UInt(range[0], radix: 16), let end = UInt(range[1], radix: 16)
    {
      isInside = (start..<end).contains(address)
    }
  }
  return nil
}

private func lines(ofFile path: String) throws -> [Substring] {
  let descriptor = unsafe open(path, O_RDONLY)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  var text: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 64 * 1024)
  while true {
    let count = unsafe read(descriptor, &chunk, chunk.count)
    guard count > 0 else { break }
    text += chunk.prefix(count)
  }
  return String(decoding: text, as: UTF8.self).split(separator: "\n")
}
