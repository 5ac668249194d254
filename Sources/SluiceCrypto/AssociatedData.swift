/// The place that a sealed text belongs to: it opens nowhere else (G10).
///
/// Each field is preceded by its length, so that no two lists of fields give the same bytes.
package struct AssociatedData: Sendable, Hashable {
  package private(set) var bytes: [UInt8]

  /// - Parameter purpose: what is sealed, with a version: `sluice value v1`.
  package init(_ purpose: StaticString) {
    bytes = []
    append(purpose.description)
  }

  package mutating func append(_ field: [UInt8]) {
    append(number: UInt64(field.count))
    bytes += field
  }

  package mutating func append(_ field: String) { append(Array(field.utf8)) }

  package mutating func append(_ field: UInt64) {
    append(number: 8)
    append(number: field)
  }

  private mutating func append(number: UInt64) {
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
