internal import SluiceRules
internal import Yams

/// Why the settings cannot be used: which file and line, and what to change.
///
/// Names keys, never values that it does not know: the file may be a log that was passed by
/// mistake (G3).
struct SettingsError: ExplainedError, Hashable {
  let file: String
  /// From 1; 0 if the whole file is meant.
  let line: Int
  let reason: String
  let remedy: String?

  var problem: String { line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)" }
}

/// A mapping of a settings file, whose keys are all known.
struct SettingsFields {
  let file: String
  /// What it is, for messages: `rules.enable`.
  let name: String
  let node: Node
  private let fields: Node.Mapping

  init(_ node: Node, file: String, name: String, known: [String]) throws(SettingsError) {
    self.file = file
    self.name = name
    self.node = node
    guard let mapping = node.mapping else {
      throw SettingsError(
        file: file, line: node.mark?.line ?? 0, reason: "\(name) must be a mapping",
        remedy: "its keys are: \(known.joined(separator: ", "))")
    }
    fields = mapping
    for key in mapping.keys where !known.contains(key.scalar?.string ?? "") {
      let text = key.scalar?.string ?? ""
      let isName = text.count <= 30 && text.utf8.allSatisfy { $0 | 0x20 &- 0x61 < 26 || $0 == 0x5F }
      throw error(
        "unknown key" + (isName ? " '\(text)'" : "") + " in \(name)", at: key,
        "known keys are: \(known.joined(separator: ", "))")
    }
  }

  func error(_ reason: String, at node: Node?, _ remedy: String? = nil) -> SettingsError {
    SettingsError(file: file, line: node?.mark?.line ?? 0, reason: reason, remedy: remedy)
  }

  func node(_ key: String) -> Node? { fields[key] }

  func line(of key: String) -> Int { (fields[key] ?? node).mark?.line ?? 0 }

  func text(_ key: String) throws(SettingsError) -> String? {
    guard let node = fields[key] else { return nil }
    guard let text = node.scalar?.string, !text.isEmpty else {
      throw error("'\(key)' in \(name) must be a text", at: node)
    }
    return text
  }

  func requiredText(_ key: String) throws(SettingsError) -> String {
    guard let text = try text(key) else { throw error("\(name) has no '\(key)'", at: node) }
    return text
  }

  /// A whole number within limits.
  func number(_ key: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
    guard let node = fields[key] else { return nil }
    guard let number = node.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
      throw error(
        "'\(key)' in \(name) must be a whole number from \(range.lowerBound) to "
          + "\(range.upperBound)", at: node)
    }
    return number
  }

  func texts(_ key: String) throws(SettingsError) -> [(text: String, line: Int)] {
    guard let node = fields[key] else { return [] }
    guard let list = node.sequence, !list.isEmpty else {
      throw error("'\(key)' in \(name) must be a list of texts", at: node)
    }
    var texts: [(text: String, line: Int)] = []
    for item in list {
      guard let text = item.scalar?.string, !text.isEmpty else {
        throw error("'\(key)' in \(name) must be a list of texts", at: item)
      }
      texts.append((text, item.mark?.line ?? 0))
    }
    return texts
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String
  ) throws(SettingsError) -> Choice? where Choice.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw error(
        "'\(key)' in \(name) has a wrong value", at: fields[key],
        "choose one of: \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }
}
