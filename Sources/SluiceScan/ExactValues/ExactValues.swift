package import SluiceCrypto
internal import SluiceRegex
internal import SluiceRules

/// Values that are looked for byte by byte, plain and encoded.
///
/// A rule cannot do that: its expression would hold the value in ordinary memory. Here values, and
/// the table of how they begin, stay on locked pages that no core dump holds (G3); what is made of
/// them while the stream is read is made anew at each place where one may begin.
///
/// Found are a value as it is, with the escapes of JSON, shells, URLs and HTML, in base64 (standard
/// or URL, at each of the three alignments, also in wrapped lines) and in hexadecimal. Each line of
/// a value of several lines is looked for alone, too, as tools print it behind a prefix of theirs.
package final class ExactValues: Sendable {
  /// One value, with what stands for it in the output.
  package final class Value: Sendable {
    let bytes: SecretBytes
    /// What findings call it: `vault://acme/prod/db#3`.
    package let name: String
    /// Of the value itself, also where it was found encoded.
    package let fingerprint: Fingerprint?

    package init(_ bytes: consuming SecretBytes, name: String, fingerprint: Fingerprint?) {
      self.bytes = bytes
      self.name = name
      self.fingerprint = fingerprint
    }

    /// Whether looking for the value would not take ordinary text for it.
    package var isSearchable: Bool {
      bytes.withBytes { bytes in
        guard bytes.count >= ExactValues.shortest else { return false }
        var seen = ByteSet()
        for index in bytes.indices { seen.insert(bytes[index]) }
        return seen.count >= ExactValues.fewestDistinct
      }
    }
  }

  /// A value that is shorter, or made of fewer different bytes, stands in ordinary text as well.
  package static let shortest = 6
  package static let fewestDistinct = 3
  /// A line of a value that is shorter is not looked for alone.
  static let shortestLine = 16
  /// What is longer is looked for in pieces of this length.
  static let longestPiece = 4096

  /// The id of the rule that findings carry.
  package static let ruleID = "vault-secret"

  /// A part of a value that is looked for as a whole.
  struct Piece: BitwiseCopyable {
    let value: Int
    let start: Int
    let count: Int
    /// Whether it is looked for encoded only; see `ExactValues.tail`.
    var isTail = false
  }

  /// Bytes that may be missing from the start of a value in base64 or hexadecimal: they may stand at
  /// the end of the line before, too few to be known there.
  static let tail = 3

  package let values: [Value]
  let pieces: [Piece]
  let index: ExactIndex
  /// Most bytes that one occurrence takes, and one more to see where it ends.
  let reach: Int

  /// - Parameter values: those that are not searchable are left out.
  package init(_ values: [Value]) {
    let values = values.filter(\.isSearchable)
    let pieces = values.indices.flatMap { Self.pieces(of: values[$0], number: $0) }
    self.values = values
    self.pieces = pieces
    index = ExactIndex(values: values, pieces: pieces)
    // `\u0041` for each byte; base64 and hexadecimal with their separators are shorter.
    reach = 6 * (pieces.map(\.count).max() ?? 0) + 16
  }

  /// One rule for each value, so that findings tell them apart; none has an expression that matches.
  var rules: [PlannedRule] {
    values.map { value in
      var rule = Rule(
        id: Self.ruleID, name: value.name, provider: "vault", expression: "(?!)")
      rule.severity = .critical
      rule.confidence = .high
      return PlannedRule(
        rule: rule,
        plan: RulePlan(
          anchors: [], lead: 0...0, reach: reach, lookbehind: 0, groupCount: 0,
          leadBytes: ByteSet(), startBytes: ByteSet(), continuation: ByteSet(),
          publicPrefixes: [], isOutlined: false))
    }
  }

  private static func pieces(of value: Value, number: Int) -> [Piece] {
    value.bytes.withBytes { bytes in
      var pieces = chunks(of: 0..<bytes.count).map { range in
        Piece(value: number, start: range.lowerBound, count: range.count)
      }
      if bytes.count >= shortest + tail {
        pieces += chunks(of: tail..<bytes.count).prefix(1).map { range in
          Piece(value: number, start: range.lowerBound, count: range.count, isTail: true)
        }
      }
      var lineStart = 0
      for index in 0...bytes.count
      where index == bytes.count || bytes[index] == UInt8(ascii: "\n") {
        var end = index
        if end > lineStart, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        let line = lineStart..<end
        lineStart = index + 1
        guard line.count >= shortestLine, line.count < bytes.count - 2,
          // `-----BEGIN` is known to everybody.
          !(bytes[line.lowerBound] == UInt8(ascii: "-")
            && bytes[line.lowerBound + 1] == UInt8(ascii: "-"))
        else { continue }
        pieces += chunks(of: line).map { range in
          Piece(value: number, start: range.lowerBound, count: range.count)
        }
      }
      return pieces
    }
  }

  /// The range in pieces that are about equally long.
  private static func chunks(of range: Range<Int>) -> [Range<Int>] {
    let number = (range.count + longestPiece - 1) / longestPiece
    return (0..<number).map { index in
      range.lowerBound + range.count * index / number..<range.lowerBound + range.count * (index + 1)
        / number
    }
  }
}
