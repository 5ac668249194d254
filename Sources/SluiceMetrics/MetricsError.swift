internal import SluiceRules

/// Why metrics cannot be served.
package enum MetricsError: ExplainedError, Hashable {
  case unusable(MetricsEndpoint, reason: String)

  package var problem: String {
    switch self {
    case .unusable(let endpoint, let reason):
      "metrics cannot be served on \(endpoint.text): \(reason)"
    }
  }

  package var remedy: String? {
    "give an address of this machine and a port that is free; port 0 takes any"
  }
}
