/// Measurements of one kind, under one name.
///
/// Names follow Prometheus' conventions: `sluice_<what>_<unit>`, and `_total` behind what only grows.
package struct MetricFamily: Sendable, Hashable {
  package enum Kind: String, Sendable {
    /// Only grows while the process lives.
    case counter
    case gauge
  }

  /// What a measurement is about, beyond its name.
  package struct Label: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package struct Sample: Sendable, Hashable {
    package let labels: [Label]
    package let value: Double

    package init(_ value: Double, _ labels: [Label] = []) {
      self.labels = labels
      self.value = value
    }
  }

  package let name: String
  package let help: String
  package let kind: Kind
  package var samples: [Sample]

  /// - Parameters:
  ///   - name: letters, digits and `_`.
  ///   - help: one sentence.
  ///   - kind: what Prometheus may compute with it.
  ///   - samples: no two of them have the same labels.
  package init(_ name: String, _ help: String, _ kind: Kind, _ samples: [Sample]) {
    self.name = name
    self.help = help
    self.kind = kind
    self.samples = samples
  }

  /// A family with one sample that has no labels.
  package init(_ name: String, _ help: String, _ kind: Kind, _ value: UInt64) {
    self.init(name, help, kind, [Sample(Double(value))])
  }
}
