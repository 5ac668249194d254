import CLibFuzzer
import OracleSupport
import SluiceBuiltins
import SluiceRules
import SluiceScan

/// Fuzzes the decoders: one after the other against what the reference makes of the same text, and
/// all together, with what the rules find in what they decode.
///
/// The first byte of an input says how the rest is cut into reads. What must hold: each decoder
/// makes the same text of the same bytes as the reference, and the scanner finds the same however
/// the text is cut (G2).
@main
struct FuzzDecode {
  static let oracle: Oracle = {
    do {
      return Oracle(
        rules: try CompiledRules(
          RuleSet(BuiltinRules.all()), limits: ScanLimits(window: 65_536)))
    } catch {
      fatalError("the built-in rules do not compile: \(error)")
    }
  }()

  static func main() {
    _ = oracle
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { pointer in
      pointer.withMemoryRebound(
        to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
      ) { rebound in
        _ = LLVMFuzzerRunDriver(&count, rebound) { data, size in
          guard let data, size >= 1 else { return 0 }
          let bytes = Array(UnsafeBufferPointer(start: data, count: size))
          FuzzDecode.check(Array(bytes.dropFirst()), piece: Int(bytes[0]) + 1)
          return 0
        }
      }
    }
  }

  static func check(_ text: [UInt8], piece: Int) {
    if let difference = DecoderComparison.difference(in: text) {
      fatalError("G4: \(difference)")
    }
    let whole = oracle.scan(text, pieces: [max(text.count, 1)])
    guard oracle.scan(text, pieces: [piece]) == whole else {
      fatalError("G2: pieces of \(piece) change the findings")
    }
  }
}
