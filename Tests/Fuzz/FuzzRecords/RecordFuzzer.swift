import CLibFuzzer
import Foundation
import SluiceBuiltins
import SluiceFilter
import SluiceRules
import SluiceScan
import TestSupport

/// Fuzzes one record format.
///
/// The first two bytes of an input say how the rest is cut into reads. What must hold: output,
/// findings and confirmations do not depend on the cuts (G2); outside of findings every byte comes
/// out as it went in (G1); JSON stays JSON; each record has one answer.
package enum RecordFuzzer {
  nonisolated(unsafe) private static var format = RecordFormat.jsonl

  private static let rules: CompiledRules = {
    do {
      return try CompiledRules(RuleSet(BuiltinRules.all()), limits: ScanLimits(window: 65_536))
    } catch {
      fatalError("the built-in rules do not compile: \(error)")
    }
  }()

  package static func run(_ format: RecordFormat) {
    self.format = format
    _ = rules
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { pointer in
      pointer.withMemoryRebound(
        to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
      ) { rebound in
        _ = LLVMFuzzerRunDriver(&count, rebound) { data, size in
          guard let data, size >= 2 else { return 0 }
          let bytes = Array(UnsafeBufferPointer(start: data, count: size))
          RecordFuzzer.check(Array(bytes.dropFirst(2)), cut: (Int(bytes[0]), Int(bytes[1])))
          return 0
        }
      }
    }
  }

  private static func check(_ text: [UInt8], cut: (Int, Int)) {
    // Short records, so that those that are too long are among the inputs.
    let largest = cut.1 < 64 ? 256 : RecordFilter.largestRecord
    let whole = redactRecords(
      text, as: format, rules: rules, style: .fill, largestRecord: largest)
    let pieces = redactRecords(
      text, as: format, rules: rules, pieces: .each(cut.0 + 1), style: .fill,
      largestRecord: largest)
    guard pieces.output == whole.output, pieces.findings == whole.findings,
      pieces.confirmations == whole.confirmations
    else { fatalError("G2: pieces of \(cut.0 + 1) change what is written") }
    if format == .rsyslog { checkAnswers(whole, to: text) } else { checkBytes(whole, of: text) }
    if format == .jsonl && largest == RecordFilter.largestRecord { checkJSON(whole, of: text) }
    if format == .omprog {
      guard whole.confirmations.count == recordCount(of: text) + 1 else {
        fatalError("omprog: a message has no confirmation, or several")
      }
    }
  }

  private static func checkBytes(_ result: RecordRedaction, of text: [UInt8]) {
    guard result.output.count == text.count else { fatalError("G1: the length changed") }
    let marks = Set("*\"0".utf8)
    for (before, after) in zip(text, result.output) where before != after {
      guard marks.contains(after) else { fatalError("G1: a byte outside of a mask changed") }
    }
    guard result.output == text || !result.findings.isEmpty else {
      fatalError("G1: bytes changed without a finding")
    }
  }

  private static func checkAnswers(_ result: RecordRedaction, to text: [UInt8]) {
    let answers = result.output.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    guard answers.count == recordCount(of: text) else {
      fatalError("rsyslog: a message has no answer, or several")
    }
    for answer in answers where String(validating: answer, as: UTF8.self) != nil {
      guard answer.first == UInt8(ascii: "{"), answer.last == UInt8(ascii: "}") else {
        fatalError("rsyslog: an answer is no object")
      }
    }
  }

  private static func checkJSON(_ result: RecordRedaction, of text: [UInt8]) {
    let before = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    let after = result.output.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (before, after) in zip(before, after) where before != after {
      let options = JSONSerialization.ReadingOptions.fragmentsAllowed
      guard (try? JSONSerialization.jsonObject(with: Data(before), options: options)) != nil else {
        continue
      }
      guard (try? JSONSerialization.jsonObject(with: Data(after), options: options)) != nil else {
        fatalError("jsonl: JSON is none any more")
      }
    }
  }

  private static func recordCount(of text: [UInt8]) -> Int {
    text.count { $0 == 0x0A } + (text.isEmpty || text.last == 0x0A ? 0 : 1)
  }
}
