import Foundation

/// Checks JSON against a schema (draft 4), as far as the schema of SARIF goes.
struct JSONSchema {
  private let root: [String: Any]

  init(path: String) throws {
    let data = try Data(contentsOf: URL(filePath: path))
    root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// Everything that is wrong, each with its place.
  func violations(of text: String) throws -> [String] {
    check(try JSONSerialization.jsonObject(with: Data(text.utf8)), root, at: "$")
  }

  private func check(_ value: Any, _ given: [String: Any], at place: String) -> [String] {
    var schema = given
    while let reference = schema["$ref"] as? String {
      var target: Any = root
      for key in reference.split(separator: "/").dropFirst() {
        target = (target as? [String: Any])?[String(key)] ?? [:]
      }
      schema = target as? [String: Any] ?? [:]
    }
    var wrong: [String] = []
    if let type = schema["type"] as? String, !has(value, type: type) {
      return ["\(place) is no \(type)"]
    }
    if let options = schema["enum"] as? [AnyHashable], let value = value as? AnyHashable,
      !options.contains(value)
    {
      wrong.append("\(place) is none of \(options)")
    }
    if let options = schema["anyOf"] as? [[String: Any]],
      options.allSatisfy({ !check(value, $0, at: place).isEmpty })
    {
      wrong.append("\(place) fits nothing of anyOf")
    }
    if let pattern = schema["pattern"] as? String, let text = value as? String,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      wrong.append("\(place) does not match \(pattern)")
    }
    if let number = value as? NSNumber {
      if let least = schema["minimum"] as? Double, number.doubleValue < least {
        wrong.append("\(place) is below \(least)")
      }
      if let most = schema["maximum"] as? Double, number.doubleValue > most {
        wrong.append("\(place) is above \(most)")
      }
    }
    if let object = value as? [String: Any] { wrong += check(object: object, schema, at: place) }
    if let list = value as? [Any] { wrong += check(list: list, schema, at: place) }
    return wrong
  }

  private func check(object: [String: Any], _ schema: [String: Any], at place: String) -> [String] {
    var wrong: [String] = []
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    for key in schema["required"] as? [String] ?? [] where object[key] == nil {
      wrong.append("\(place) lacks \(key)")
    }
    for (key, member) in object {
      if let property = properties[key] {
        wrong += check(member, property, at: "\(place).\(key)")
      } else if schema["additionalProperties"] as? Bool == false {
        wrong.append("\(place).\(key) is unknown")
      } else if let more = schema["additionalProperties"] as? [String: Any] {
        wrong += check(member, more, at: "\(place).\(key)")
      }
    }
    return wrong
  }

  private func check(list: [Any], _ schema: [String: Any], at place: String) -> [String] {
    var wrong: [String] = []
    if let least = schema["minItems"] as? Int, list.count < least {
      wrong.append("\(place) has fewer than \(least) items")
    }
    if schema["uniqueItems"] as? Bool == true, Set(list.map { "\($0)" }).count < list.count {
      wrong.append("\(place) holds an item twice")
    }
    if let items = schema["items"] as? [String: Any] {
      for (index, item) in list.enumerated() {
        wrong += check(item, items, at: "\(place)[\(index)]")
      }
    }
    return wrong
  }

  private func has(_ value: Any, type: String) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": value is Bool
    case "integer": (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
    case "number": value is NSNumber
    default: false
    }
  }
}
