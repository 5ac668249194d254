/// Ways to write a text so that its secrets do not stand in it as they are.
package struct Encodings: OptionSet, Sendable, Hashable, BitwiseCopyable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Backslash escapes as JSON, JavaScript and Python write them.
  package static let json = Encodings(rawValue: 1 << 0)
  package static let percent = Encodings(rawValue: 1 << 1)
  /// Terminal control sequences, which are left out.
  package static let ansi = Encodings(rawValue: 1 << 2)
  /// Character references of HTML and XML.
  package static let entity = Encodings(rawValue: 1 << 3)
  package static let quotedPrintable = Encodings(rawValue: 1 << 4)
  /// Base64 and base64url.
  package static let base64 = Encodings(rawValue: 1 << 5)
  package static let hex = Encodings(rawValue: 1 << 6)
  package static let utf16 = Encodings(rawValue: 1 << 7)
  /// A text whose lines stand behind the prefixes that a shipper writes.
  package static let lines = Encodings(rawValue: 1 << 8)

  private static let names: [(Encodings, String)] = [
    (.json, "json"), (.percent, "percent"), (.ansi, "ansi"), (.entity, "entity"),
    (.quotedPrintable, "quoted-printable"), (.base64, "base64"), (.hex, "hex"),
    (.utf16, "utf16"), (.lines, "lines"),
  ]

  /// What findings call them: `json`, or `json+percent` for escapes side by side.
  package var name: String {
    Self.names.filter { contains($0.0) }.map(\.1).joined(separator: "+")
  }
}

/// What was decoded to see a secret, the outermost encoding first; at most `longest` steps.
package struct DecodingPath: Sendable, Hashable, BitwiseCopyable, Comparable {
  package static let longest = 3

  /// Sixteen bits a step, the first in the lowest.
  package private(set) var bits: UInt64 = 0

  package init() {}

  package init(_ steps: [Encodings]) {
    for step in steps { append(step) }
  }

  package var count: Int {
    bits == 0 ? 0 : (64 - bits.leadingZeroBitCount + 15) / 16
  }

  package subscript(step: Int) -> Encodings {
    Encodings(rawValue: UInt16(truncatingIfNeeded: bits >> UInt64(16 * step)))
  }

  mutating func append(_ step: Encodings) {
    bits |= UInt64(step.rawValue) << UInt64(16 * count)
  }

  /// For example `["json", "base64"]`.
  package var names: [String] { (0..<count).map { self[$0].name } }

  /// Shorter paths first.
  package static func < (left: DecodingPath, right: DecodingPath) -> Bool {
    left.bits < right.bits
  }
}

/// How a secret was hidden, and how its mask must be written to stay in its place.
package struct DecodedForm: Sendable, Hashable, BitwiseCopyable {
  package var path: DecodingPath
  package var wrapping: MaskWrapping

  package init(path: DecodingPath, wrapping: MaskWrapping = MaskWrapping()) {
    self.path = path
    self.wrapping = wrapping
  }
}
