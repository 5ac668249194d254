internal import FoundationEssentials

/// A finding as the report states it.
package struct ReportedFinding: Decodable, Sendable, Hashable {
  package let rule: String
  package let line: Int
  package let column: Int
  package let start: Int
  package let end: Int
  package let redacted: String

  package var range: Range<Int> { start..<end }

  /// Reads JSON lines; a line that is none ends the test.
  package static func all(in lines: [String]) throws -> [ReportedFinding] {
    let decoder = JSONDecoder()
    return try lines.map { try decoder.decode(Self.self, from: Data($0.utf8)) }
  }
}
