/// What is packed, told by how it begins: names are no proof.
enum ArchiveFormat {
  private static let openings: [[UInt8]] = [
    [0x1F, 0x8B, 0x08],  // gzip
    [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00],  // xz
    [0x28, 0xB5, 0x2F, 0xFD],  // zstd
    Array("PK\u{3}\u{4}".utf8), Array("PK\u{5}\u{6}".utf8),  // zip
  ]
  private static let bzip = Array("BZh".utf8)
  /// What the first block of bzip2, or its end, begins with.
  private static let bzipBlocks: [[UInt8]] = [
    [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
  ]
  private static let tarMark = Array("ustar".utf8)
  private static let tarMarkOffset = 257

  /// Whether a file that begins with `bytes` is an archive or compressed.
  static func begins(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 4 else { return false }
    if openings.contains(where: { bytes.has($0, at: 0) }) { return true }
    if bytes.has(bzip, at: 0) { return bzipBlocks.contains { bytes.has($0, at: 4) } }
    return bytes.has(tarMark, at: tarMarkOffset)
  }
}

extension Span where Element == UInt8 {
  /// Whether these bytes stand at an offset.
  func has(_ wanted: [UInt8], at offset: Int) -> Bool {
    guard count >= offset + wanted.count else { return false }
    return wanted.indices.allSatisfy { self[offset + $0] == wanted[$0] }
  }
}
