import ArgumentParser
import Foundation
import SluiceBuiltins
import SluiceRules

/// The rules in a form that other engines and generators can use.
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Print the rules' expressions and literals, and fake secrets made from examples.",
    discussion: "Example: sluice-engine-bench describe --secrets 100")

  @Option(help: "How many fake secrets to make.")
  var secrets = 0

  @Flag(help: "Print the literals only, as expressions, one a line: for grep and rg.")
  var literals = false

  @Flag(help: "Print the literals as they are, one a line: for grep -F and rg -F.")
  var fixed = false

  func run() throws {
    let rules = BuiltinRules.all()
    if fixed {
      return FileHandle.standardOutput.write(Data(Self.lines(of: rules).joined()))
    }
    if literals { return print(Self.expressions(of: rules).joined(separator: "\n")) }
    let examples = rules.flatMap { planned in
      planned.rule.examples.map { (rule: planned.rule.id, recipe: $0) }
    }
    let description = Description(
      rules: rules.map(Description.Rule.init),
      secrets: try (0..<(examples.isEmpty ? 0 : secrets)).map { number in
        let example = examples[number % examples.count]
        return Description.Secret(
          try Recipe(
            example.recipe,
            seed: Recipe.seed(rule: example.rule, kind: "bench", index: number)))
      })
    print(String(decoding: try JSONEncoder().encode(description), as: UTF8.self))
  }

  /// Each literal once, with its line end.
  private static func lines(of rules: [PlannedRule]) -> [[UInt8]] {
    let all = rules.flatMap(\.plan.anchors).map(\.bytes).filter { !$0.contains(0x0A) }
    return Set(all).map { $0 + [0x0A] }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Each literal once.
  private static func expressions(of rules: [PlannedRule]) -> [String] {
    let all = rules.flatMap(\.plan.anchors).filter { !$0.bytes.contains(0x0A) }.map { literal in
      let text = literal.bytes.map { byte in
        let isPlain =
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte)
        let hex = String(byte, radix: 16)
        return isPlain
          ? String(Unicode.Scalar(byte)) : "\\x" + (hex.count == 1 ? "0" : "") + hex
      }.joined()
      return literal.isCaseless ? "(?i:\(text))" : "(?-u:\(text))"
    }
    return Set(all).sorted()
  }
}

struct Description: Encodable {
  struct Literal: Encodable {
    let bytes: Data
    let isCaseless: Bool
  }

  struct Rule: Encodable {
    let id: String
    /// Without the boundary, which is made of look-arounds that other engines refuse.
    let expression: String
    let boundary: String
    let anchors: [Literal]

    init(_ planned: PlannedRule) {
      id = planned.rule.id
      expression = Fragments.expanded(planned.rule.expression)
      boundary = planned.rule.boundary.rawValue
      anchors = planned.plan.anchors.map {
        Literal(bytes: Data($0.bytes), isCaseless: $0.isCaseless)
      }
    }
  }

  struct Secret: Encodable {
    /// The secret in the text that an example gives it.
    let line: Data
    let secret: Data

    init(_ recipe: Recipe) {
      line = Data(recipe.text)
      secret = Data(recipe.secret.map { recipe.text[$0] } ?? [])
    }
  }

  let rules: [Rule]
  let secrets: [Secret]
}
