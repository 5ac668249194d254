/// Measurements as text, as Prometheus reads it (exposition format 0.0.4).
package enum MetricsText {
  /// What the format is called in `Content-Type`.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// Families of one name become one, in the order of their first.
  package static func text(of families: [MetricFamily]) -> String {
    var joined: [MetricFamily] = []
    var places: [String: Int] = [:]
    for family in families {
      if let place = places[family.name] {
        joined[place].samples += family.samples
      } else {
        places[family.name] = joined.count
        joined.append(family)
      }
    }
    return joined.map(text).joined()
  }

  private static func text(of family: MetricFamily) -> String {
    var text = "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
    text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
    for sample in family.samples {
      text += family.name
      if !sample.labels.isEmpty {
        let labels = sample.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
        text += "{\(labels.joined(separator: ","))}"
      }
      text += " \(number(sample.value))\n"
    }
    return text
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Whole numbers without a fraction, as people expect counters to look.
    guard let whole = Int64(exactly: value) else { return "\(value)" }
    return "\(whole)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
