/// Bytes that are read before what a file or an archive gives next.
struct BytesAhead {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8] = []) { rest = bytes[...] }

  var isEmpty: Bool { rest.isEmpty }

  /// What is left, in order.
  var bytes: [UInt8] { Array(rest) }

  /// Gives as many as there is room for.
  ///
  /// - Returns: how many; 0 if none are left.
  mutating func take(into output: inout OutputSpan<UInt8>) -> Int {
    let count = min(rest.count, output.freeCapacity)
    for byte in rest.prefix(count) { output.append(byte) }
    rest = rest.dropFirst(count)
    return count
  }
}
