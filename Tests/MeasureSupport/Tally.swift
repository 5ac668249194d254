/// Outcomes added up by group: the rows of a table.
package struct Tally: Sendable {
  package struct Row: Sendable {
    package let group: String
    package var secrets = 0
    package var covered = 0
    package var partly = 0
    /// Cases in which more than the secret is masked.
    package var masksMore = 0
    package var rules: [String: Int] = [:]

    package var share: Double { secrets == 0 ? 1 : Double(covered) / Double(secrets) }
  }

  package private(set) var rows: [String: Row] = [:]

  package init() {}

  package mutating func add(_ outcome: Gauge.Outcome, to group: String) {
    var row = rows[group] ?? Row(group: group)
    row.secrets += outcome.secrets
    row.covered += outcome.covered
    row.partly += outcome.partly
    if outcome.excess > 0 { row.masksMore += 1 }
    for rule in outcome.rules { row.rules[rule, default: 0] += 1 }
    rows[group] = row
  }

  package var secrets: Int { rows.values.reduce(0) { $0 + $1.secrets } }
  package var covered: Int { rows.values.reduce(0) { $0 + $1.covered } }
  package var share: Double { secrets == 0 ? 1 : Double(covered) / Double(secrets) }

  /// The worst first.
  package var sorted: [Row] {
    rows.values.sorted { ($0.share, $0.group) < ($1.share, $1.group) }
  }

  /// A table for people, the worst first, at most `limit` rows of it.
  package func text(title: String, limit: Int) -> String {
    var lines = [
      "\(title): \(covered) of \(secrets) covered (\(Self.percent(share)) %), "
        + "\(rows.values.reduce(0) { $0 + $1.partly }) partly, "
        + "\(rows.values.reduce(0) { $0 + $1.masksMore }) cases mask more"
    ]
    for row in sorted.prefix(limit) {
      let names = row.rules.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      lines.append(
        "  \(Self.percent(row.share)) %  \(row.covered)/\(row.secrets)  "
          + "partly \(row.partly), more \(row.masksMore)  \(row.group)  [\(names)]")
    }
    return lines.joined(separator: "\n")
  }

  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded(.down))
    return "\(tenths / 10).\(tenths % 10)"
  }
}
