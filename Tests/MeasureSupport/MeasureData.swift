internal import Foundation
internal import SluiceRules

/// What the measurement is made from: the files of `Fixtures/measure`.
package struct MeasureData: Sendable {
  package let formats: [TokenFormat]
  package let syntaxes: [Template]
  package let wrappings: [Template]
  /// Lines of logs, their secrets between `«` and `»`.
  package let lines: [Template]
  /// Files of agents, by name.
  package let definitions: [(name: String, text: String)]
  /// Recipes of lines without a secret.
  package let provoking: [String]

  /// - Parameter folder: `Fixtures/measure`.
  /// - Throws: what reading a file throws.
  package init(folder: String) throws {
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }
    formats = TokenFormat.all(in: try text("formats.tsv"))
    syntaxes = Template.all(in: try text("syntaxes.txt"))
    wrappings = Template.all(in: try text("wrappings.txt"))
    lines = Template.all(in: try text("lines.txt"))
    provoking = try text("provoking.txt").split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { String($0).replacing("\\n", with: "\n") }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/definitions")
    definitions = try names.sorted().map { ($0, try text("definitions/" + $0)) }
  }

  /// A text in which the slots of people and vendors are filled.
  func filled(_ recipe: String, _ random: inout SplitMix64) -> String {
    var output = ""
    var rest = recipe[...]
    while let opening = rest.firstRange(of: "‹"),
      let closing = rest[opening.upperBound...].firstRange(of: "›")
    {
      output += rest[..<opening.lowerBound]
      let slot = rest[opening.upperBound..<closing.lowerBound]
      if slot == "human" {
        output += HumanPassword.drawn(&random)
      } else if let format = formats.first(where: { "token:" + $0.name == slot }) {
        output += format.token(&random)
      } else {
        preconditionFailure("no family is called '\(slot)'")
      }
      rest = rest[closing.upperBound...]
    }
    return output + rest
  }
}
