internal import SluiceAudit
package import SluiceEvidence

/// The catalogues of `Controls/`, as they were when the program was built.
package enum BuiltinControls {
  /// The ids of all of them.
  package static var names: [String] { all.map(\.id) }

  package static func framework(_ id: String) -> ControlFramework? { all.first { $0.id == id } }

  package static let all: [ControlFramework] = {
    // Checked when they were embedded.
    guard let json = try? JSONValue(parsing: Array(builtinControlTable.utf8)) else {
      preconditionFailure("the embedded controls are no JSON")
    }
    return (json.elements ?? []).map { json in
      do throws(ControlFramework.Problem) {
        return try ControlFramework(json)
      } catch {
        preconditionFailure("the embedded controls are wrong: \(error.text)")
      }
    }
  }()
}
