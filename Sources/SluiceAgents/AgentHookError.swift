internal import SluiceRules

/// Why a hook cannot be answered.
package enum AgentHookError: ExplainedError, Hashable {
  case noObject
  case missing(String)

  package var problem: String {
    switch self {
    case .noObject: "standard input is not one JSON object"
    case .missing(let name): "the event has no '\(name)'"
    }
  }

  package var remedy: String? { "an agent's runtime calls this; 'sluice hook agent --help'" }
}
