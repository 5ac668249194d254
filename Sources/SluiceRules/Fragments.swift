/// Pieces that many expressions share, written `{{name}}` or `{{name:number}}` in a rule file.
///
/// How a key and its value are written in env files, logfmt, JSON, JSON in JSON, YAML, code, URLs
/// and HTML is stated here once; a rule says which keys and how long the value is at least.
package enum Fragments {
  /// The expression with every fragment in its place.
  ///
  /// Unknown names stay as they are; see
  /// `unknownNames(in:)`.
  package static func expanded(_ expression: String) -> String {
    guard expression.contains("{{") else { return expression }
    var output = ""
    var rest = expression[...]
    while let opening = rest.firstRange(of: "{{"),
      let closing = rest[opening.upperBound...].firstRange(of: "}}")
    {
      output += rest[..<opening.lowerBound]
      let reference = rest[opening.upperBound..<closing.lowerBound]
      output += text(of: reference) ?? "{{\(reference)}}"
      rest = rest[closing.upperBound...]
    }
    return output + rest
  }

  /// What looks like the name of a fragment and is none.
  package static func unknownNames(in expression: String) -> [String] {
    let parts = expression.split(separator: "{{", omittingEmptySubsequences: false)
    return parts.dropFirst().compactMap { part in
      guard let closing = part.firstRange(of: "}}") else { return nil }
      let reference = part[..<closing.lowerBound]
      let isName = reference.utf8.allSatisfy {
        $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || Array("-:,".utf8).contains($0)
      }
      return isName && text(of: reference) == nil ? String(reference) : nil
    }
  }

  private static func text(of reference: Substring) -> String? {
    let parts = reference.split(separator: ":", maxSplits: 1)
    guard let name = parts.first else { return nil }
    let number = parts.count == 2 ? Int(parts[1]) : nil
    switch (name, number) {
    case ("value", let minimum?): return value(minimum, blanks: false)
    case ("phrase", let minimum?): return value(minimum, blanks: true)
    case ("uri-password", let minimum?): return uriPassword(shortestUser: minimum)
    case ("base64", _) where parts.count == 2 && isCount(parts[1]): return base64(parts[1])
    default: return parts.count == 1 ? plain[String(name)] : nil
    }
  }

  private static let plain = [
    "quote": "(?:" + quote + ")?+", "slash": slash, "padding": padding, "assigned": assigned,
    "assign": assign, "header": header, "key": key, "suffix": suffix, "told": told,
    "told-password": toldPassword, "other-parts": otherParts,
  ]

  /// What may stand between the braces of a quantifier.
  private static func isCount(_ text: Substring) -> Bool {
    let bounds = text.split(separator: ",", omittingEmptySubsequences: false)
    return bounds.count <= 2 && Int(bounds[0]) != nil
      && bounds.dropFirst().allSatisfy { $0.isEmpty || Int($0) != nil }
  }
}
