internal import SluiceAudit

/// Why a target or a policy cannot be used.
package struct ActionSettingsError: Error, Hashable {
  package let problem: String
  package let remedy: String?

  package init(_ problem: String, remedy: String? = nil) {
    self.problem = problem
    self.remedy = remedy
  }
}

/// The members of a description, all of whose names are known: a setting that does nothing is a hole.
///
/// Messages name keys, never values.
struct TargetFields {
  private let members: [String: JSONValue]
  let place: String

  init(_ json: JSONValue, place: String, known: [String]) throws(ActionSettingsError) {
    guard let members = json.members else {
      throw ActionSettingsError("\(place) must be a mapping", remedy: Self.list(known))
    }
    var all: [String: JSONValue] = [:]
    for member in members {
      guard known.contains(member.name) else {
        let name = member.name.utf8.count <= 30 ? " '\(member.name)'" : ""
        throw ActionSettingsError("unknown key\(name) in \(place)", remedy: Self.list(known))
      }
      guard all.updateValue(member.value, forKey: member.name) == nil else {
        throw ActionSettingsError("'\(member.name)' stands twice in \(place)")
      }
    }
    self.members = all
    self.place = place
  }

  private static func list(_ known: [String]) -> String {
    "known keys are: \(known.joined(separator: ", "))"
  }

  func value(_ name: String) -> JSONValue? { members[name] }

  func error(_ name: String, _ wants: String) -> ActionSettingsError {
    ActionSettingsError("'\(name)' in \(place) must be \(wants)")
  }

  func text(_ name: String) throws(ActionSettingsError) -> String? {
    guard let value = members[name] else { return nil }
    guard let text = value.text, !text.isEmpty, text.utf8.allSatisfy({ $0 != 0 }) else {
      throw error(name, "a text")
    }
    return text
  }

  func requiredText(_ name: String) throws(ActionSettingsError) -> String {
    guard let text = try text(name) else {
      throw ActionSettingsError("\(place) has no '\(name)'")
    }
    return text
  }

  func texts(_ name: String) throws(ActionSettingsError) -> [String] {
    guard let value = members[name] else { return [] }
    if let text = value.text, !text.isEmpty { return [text] }
    guard let elements = value.elements, !elements.isEmpty else {
      throw error(name, "a text or a list of texts")
    }
    var texts: [String] = []
    for element in elements {
      guard let text = element.text, !text.isEmpty else { throw error(name, "a list of texts") }
      texts.append(text)
    }
    return texts
  }

  func number(_ name: String, in range: ClosedRange<UInt64>) throws(ActionSettingsError) -> UInt64?
  {
    guard let value = members[name] else { return nil }
    let number = value.count ?? value.text.flatMap { UInt64($0) }
    guard let number, range.contains(number) else {
      throw error(name, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func isSet(_ name: String) throws(ActionSettingsError) -> Bool? {
    guard let value = members[name] else { return nil }
    guard let flag = value.isTrue else { throw error(name, "true or false") }
    return flag
  }

  func duration(_ name: String) throws(ActionSettingsError) -> Duration? {
    guard let text = try text(name) else { return nil }
    guard let duration = Duration(text: text) else {
      throw error(name, "a duration such as 500ms, 30s, 15m, 12h or 30d")
    }
    return duration
  }
}

extension Duration {
  /// `500ms`, `30s`, `15m`, `12h`, `30d`; nil for anything else, and for more than ten years.
  package init?(text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits), number <= 3_700_000_000 else { return nil }
    switch text.dropFirst(digits.count) {
    case "ms": self = .milliseconds(number)
    case "s": self = .seconds(number)
    case "m" where number <= 5_500_000: self = .seconds(number * 60)
    case "h" where number <= 90_000: self = .seconds(number * 3600)
    case "d" where number <= 3660: self = .seconds(number * 86400)
    default: return nil
    }
  }

  /// The shortest spelling that reads back as this, to the millisecond.
  package var text: String {
    let all = milliseconds
    for (unit, name) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
      as [(Int64, String)]
    where all != 0 && all % unit == 0 {
      return "\(all / unit)\(name)"
    }
    return "\(all)ms"
  }
}
