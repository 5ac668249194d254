import CLibFuzzer
import OracleSupport
import SluiceBuiltins
import SluiceRules
import SluiceScan
import TestSupport

/// Fuzzes the stream scanner and the filter.
///
/// The first two bytes of an input say how the rest is cut into reads. What must hold: the scanner
/// finds what PCRE2 finds (G4), however the text is cut (G2), and outside of findings every byte
/// comes out as it went in (G1).
@main
struct FuzzStream {
  static let rules: CompiledRules = {
    do {
      return try CompiledRules(
        RuleSet(BuiltinRules.all()), limits: ScanLimits(window: 65_536))
    } catch {
      fatalError("the built-in rules do not compile: \(error)")
    }
  }()

  static let oracle = Oracle(rules: rules)

  static func main() {
    _ = oracle
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { pointer in
      pointer.withMemoryRebound(
        to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
      ) { rebound in
        _ = LLVMFuzzerRunDriver(&count, rebound) { data, size in
          guard let data, size >= 2 else { return 0 }
          let bytes = Array(UnsafeBufferPointer(start: data, count: size))
          FuzzStream.check(Array(bytes.dropFirst(2)), cut: (bytes[0], bytes[1]))
          return 0
        }
      }
    }
  }

  static func check(_ text: [UInt8], cut: (UInt8, UInt8)) {
    let whole = oracle.scan(text, pieces: [max(text.count, 1)])
    let pieces = [Int(cut.0) + 1, Int(cut.1) + 1]
    guard oracle.scan(text, pieces: pieces) == whole else {
      fatalError("G2: pieces of \(pieces) change the findings")
    }
    guard oracle.reference(text) == whole else {
      fatalError("G4: the scanner and PCRE2 disagree")
    }
    guard
      let filtered = try? redact(
        text, rules: rules, pieces: .each(Int(cut.0) + 1), style: .fill, isKeyed: false),
      filtered.output.count == text.count
    else { fatalError("G1: the length of the stream changed") }
    var expected = text
    for finding in whole {
      let range = Int(finding.start)..<Int(finding.end)
      // What is encoded is filled in its encoding, for example with `Kioq` in base64.
      let filling = filtered.output[range]
      guard filling != text[range] || filling.allSatisfy({ $0 == UInt8(ascii: "*") }) else {
        fatalError("G3: a secret is not filled")
      }
      expected.replaceSubrange(range, with: filling)
    }
    guard filtered.output == expected else {
      fatalError("G1, G3: the output is not the input with its secrets filled")
    }
  }
}
