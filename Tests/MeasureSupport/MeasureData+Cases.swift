internal import SluiceRules

extension MeasureData {
  // MARK: - Families

  /// Each family under a name of its own, in `count` syntaxes drawn at random; one that tells by
  /// itself what it is also without a key.
  package func familyCases(count: Int, seed: UInt64) -> [MeasuredCase] {
    var random = SplitMix64(state: seed)
    var cases: [MeasuredCase] = []
    for format in formats where !format.isFile {
      for turn in 0..<count {
        let token = format.token(&random)
        if format.recognition == .yes && turn * 2 < count {
          let template = Self.bare[turn % Self.bare.count]
          cases.append(
            oneCase(of: format.name, template, key: nil, value: token))
        } else {
          cases.append(
            oneCase(
              of: format.name, syntaxes.drawn(&random), key: format.keyName(&random), value: token))
        }
      }
    }
    return cases
  }

  /// Every syntax with names and values of all kinds.
  package func syntaxCases(count: Int, seed: UInt64) -> [MeasuredCase] {
    var random = SplitMix64(state: seed)
    let formats = formats.filter { !$0.isFile && $0.recognition != .yes }
    return syntaxes.flatMap { syntax in
      (0..<count).map { turn in
        if turn.isMultiple(of: 3) {
          let value = HumanPassword.drawn(&random)
          return oneCase(
            of: "\(syntax.name) (password)", syntax, key: Self.passwordName(&random), value: value)
        }
        let format = formats.drawn(&random)
        return oneCase(
          of: syntax.name, syntax, key: format.keyName(&random), value: format.token(&random))
      }
    }
  }

  private func oneCase(
    of group: String, _ template: Template, key: KeyName?, value: String
  ) -> MeasuredCase {
    let parts = template.parts(around: "v", key: key)
    return MeasuredCase(
      group: group, variant: template.name, before: parts.before,
      secret: template.encoding.encoded(value), after: parts.after + "\n")
  }

  private static func passwordName(_ random: inout SplitMix64) -> KeyName {
    let names = [
      ["db", "password"], ["password"], ["admin", "password"], ["smtp", "pass"], ["mysql", "pwd"],
      ["redis", "passwd"], ["keystore", "password"], ["root", "password"], ["user", "password"],
      ["ldap", "bind", "password"], ["master", "passphrase"], ["service", "account", "password"],
    ]
    return KeyName(names.drawn(&random))
  }

  /// Surroundings of a token that needs no key.
  private static let bare = [
    Template(name: "alone", encoding: .plain, text: "‹v›"),
    Template(name: "sentence", encoding: .plain, text: "calling with ‹v› today"),
    Template(name: "quoted", encoding: .plain, text: "use(\"‹v›\");"),
    Template(name: "json list", encoding: .json, text: "[\"‹v›\",1]"),
    Template(name: "query", encoding: .percent, text: "https://a.test/?x=‹v›&y=1"),
    Template(name: "path", encoding: .plain, text: "GET /v1/‹v›/items HTTP/1.1"),
  ]

  // MARK: - Wrappings

  /// Every line in every wrapping, with `count` secrets each.
  package func wrappingCases(count: Int, seed: UInt64) -> [MeasuredCase] {
    var random = SplitMix64(state: seed)
    return wrappings.flatMap { wrapping in
      lines.flatMap { line in
        (0..<count).map { _ in wrapped(line, in: wrapping, &random) }
      }
    }
  }

  private func wrapped(
    _ line: Template, in wrapping: Template, _ random: inout SplitMix64
  ) -> MeasuredCase {
    let parts = marked(line.text, &random).map { part in
      part.isSecret ? line.encoding.encoded(part.text) : part.text
    }
    precondition(parts.count == 3, "a line has one secret: \(line.text)")
    let outer = wrapping.parts(around: "line", key: nil)
    let encode = wrapping.encoding.encoded
    return MeasuredCase(
      group: wrapping.name, variant: line.name, before: outer.before + encode(parts[0]),
      secret: encode(parts[1]), after: encode(parts[2]) + outer.after + "\n")
  }

  // MARK: - Definitions

  /// Every file, `count` times with other secrets.
  package func definitionCases(count: Int, seed: UInt64) -> [MeasuredCase] {
    var random = SplitMix64(state: seed)
    return definitions.flatMap { definition in
      (0..<count).map { turn in
        var text: [UInt8] = []
        var secrets: [Range<Int>] = []
        for part in marked(definition.text, &random) {
          let start = text.count
          text += Array(part.text.utf8)
          if part.isSecret { secrets.append(start..<text.count) }
        }
        return MeasuredCase(
          group: definition.name, variant: String(turn), text: text, secrets: secrets)
      }
    }
  }

  /// The pieces of a text, with the secrets between `«` and `»` made.
  private func marked(
    _ recipe: String, _ random: inout SplitMix64
  ) -> [(text: String, isSecret: Bool)] {
    var parts: [(text: String, isSecret: Bool)] = []
    for piece in recipe.split(separator: "«", omittingEmptySubsequences: false) {
      let halves = piece.split(separator: "»", maxSplits: 1, omittingEmptySubsequences: false)
      if halves.count == 2 {
        parts.append((filled(String(halves[0]), &random).made(&random), true))
      }
      parts.append((filled(String(halves[halves.count - 1]), &random).made(&random), false))
    }
    return parts
  }

  // MARK: - Without a secret

  /// A text of so many bytes that holds no secret.
  package func provokingText(bytes: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(state: seed)
    var output: [UInt8] = []
    while output.count < bytes {
      output += Array((provoking.drawn(&random).made(&random) + "\n").utf8)
    }
    return output
  }
}

extension TokenFormat {
  /// A file or a text of its own, and not a value.
  var isFile: Bool { structure.hasPrefix("<PEM") || structure.hasPrefix("<PuTTY") }

  /// A name that people give to a key of the family.
  func keyName(_ random: inout SplitMix64) -> KeyName {
    let isNamed = KeyName(provider: "", family: family).words.contains {
      ["key", "token", "secret", "password", "pat", "certificate", "pass"].contains($0)
    }
    if isNamed { return KeyName(provider: provider, family: family) }
    let kinds = ["API key", "token", "secret", "access token", "key", "API token", "secret key"]
    return KeyName(provider: provider, family: kinds.drawn(&random))
  }
}
