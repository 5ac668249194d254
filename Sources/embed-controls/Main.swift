import Foundation
import SluiceAudit
import SluiceEvidence
import Yams

/// Turns the YAML files of `Controls/` into one Swift file; run by the build plugin.
///
/// Arguments: the output file, then the catalogues. One that names a measure that there is not, has
/// a control twice, or says not where it comes from, fails the build.
@main
struct EmbedControls {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let output = arguments.first, arguments.count > 1 else {
      fail("usage: embed-controls OUTPUT FILE...")
    }
    var files: [String: JSONValue] = [:]
    for path in arguments.dropFirst().sorted() {
      let name = URL(fileURLWithPath: path).lastPathComponent
      guard let node = try Yams.compose(yaml: String(contentsOfFile: path, encoding: .utf8)) else {
        fail("\(name) is empty")
      }
      files[name] = json(node)
    }
    var catalogues: [JSONValue] = []
    for (name, file) in files.sorted(by: { $0.key < $1.key }) {
      let whole: JSONValue
      if let base = file["basedOn"]?.text {
        guard let base = files[base] else {
          fail("\(name) is based on '\(base)', which there is not")
        }
        whole = inherit(file, from: base)
      } else {
        whole = file
      }
      do throws(ControlFramework.Problem) {
        _ = try ControlFramework(whole)
      } catch {
        fail("\(name): \(error.text)")
      }
      catalogues.append(whole)
    }
    let text = JSONValue.array(catalogues).canonicalText
    try "let builtinControlTable = \(literal(text))\n".write(
      toFile: output, atomically: true, encoding: .utf8)
  }

  /// A catalogue that takes those controls of another one that apply to it: where the member of
  /// that name lists levels.
  private static func inherit(_ file: JSONValue, from base: JSONValue) -> JSONValue {
    let key = file["levelsFrom"]?.text ?? ""
    let controls: [JSONValue] = (base["controls"]?.elements ?? []).compactMap { control in
      guard let levels = control[key]?.elements, !levels.isEmpty else { return nil }
      return .object(
        (control.members ?? []).filter { $0.name != "levels" } + [.init("levels", .array(levels))])
    }
    return .object(
      (file.members ?? []).filter { $0.name != "sources" } + [
        .init("controls", .array(controls)),
        .init(
          "sources",
          .array((base["sources"]?.elements ?? []) + (file["sources"]?.elements ?? []))),
      ])
  }

  private static func json(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      .object(mapping.map { .init($0.key.scalar?.string ?? "", json($0.value)) })
    case .sequence(let sequence): .array(sequence.map(json))
    // Every value is a text: there are no numbers in a catalogue.
    case .scalar(let scalar): .string(scalar.string)
    case .alias: .null
    }
  }

  private static func literal(_ text: String) -> String {
    var literal = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"": literal += "\\\(scalar)"
      case " "..."~": literal.unicodeScalars.append(scalar)
      default: literal += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return "\"\(literal)\""
  }

  private static func fail(_ text: String) -> Never {
    FileHandle.standardError.write(Data("error: \(text)\n".utf8))
    exit(1)
  }
}
