package import SluiceFilter

/// How a text is cut into reads.
package enum Pieces: Sendable, Hashable {
  case whole
  /// As many bytes with every read; the last read has what is left.
  case each(Int)
  /// Two reads.
  case split(at: Int)
  /// These lengths, then all the rest.
  case lengths([Int])
}

/// A source that hands out bytes in pieces of chosen lengths.
///
/// A read that has less room than the piece is long gets a part of it, and the next read goes on.
package struct ChunkedSource: ByteSource {
  private let bytes: [UInt8]
  private let pieces: Pieces
  private var position = 0
  private var piece = 0
  private var pieceEnd = 0

  package init(_ bytes: [UInt8], pieces: Pieces = .whole) {
    self.bytes = bytes
    self.pieces = pieces
  }

  package mutating func read(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int {
    while position == pieceEnd, position < bytes.count {
      pieceEnd = min(position + nextLength, bytes.count)
      piece += 1
    }
    let count = min(pieceEnd - position, buffer.freeCapacity)
    for index in position..<position + count { buffer.append(bytes[index]) }
    position += count
    return count
  }

  /// The length of the piece that comes now; 0 leaves it out, since no bytes would end the stream.
  private var nextLength: Int {
    switch pieces {
    case .whole: bytes.count
    case .each(let length): max(length, 1)
    case .split(let offset): piece == 0 ? offset : bytes.count
    case .lengths(let lengths): piece < lengths.count ? lengths[piece] : bytes.count
    }
  }
}
