internal import Glibc
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules

/// Reads what flags point at: rule files and keys.
enum Loading {
  /// Rule files and keys are small; a larger one is a mistake.
  private static let largestFile = 16 * 1024 * 1024
  private static let largestKey = 4096

  /// The given built-in rules and those of `files`.
  static func ruleSet(builtins: [PlannedRule], files: [String]) throws -> RuleSet {
    var set = RuleSet(distinct: builtins)
    guard !files.isEmpty else { return set }
    let builtinIDs = Set(builtins.map(\.rule.id))
    for path in files {
      for rule in try rules(inFile: path) {
        guard !builtinIDs.contains(rule.rule.id) else {
          throw UsageError(
            problem: "\(path): rule '\(rule.rule.id)' has the id of a built-in rule",
            remedy: "give it an id of its own; to replace the built-in rule, disable that one "
              + "in the settings (--config)")
        }
        try set.add(rule)
      }
    }
    return set
  }

  /// A small text file.
  static func text(ofFile path: String) throws -> String {
    var descriptor = try Descriptor.reading(path: path)
    let bytes = try descriptor.readAll(limit: largestFile)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UsageError(problem: "'\(path)' is not UTF-8", remedy: "save it as UTF-8")
    }
    return text
  }

  /// What git writes to a hook.
  static func standardInputText() throws -> String {
    var descriptor = Descriptor(borrowing: STDIN_FILENO, named: "standard input")
    return String(decoding: try descriptor.readAll(limit: largestFile), as: UTF8.self)
  }

  static func rules(inFile path: String) throws -> [PlannedRule] {
    return try RuleFile(named: path, requiresDocumentation: false)
      .rules(in: text(ofFile: path))
      .map { rule in
        do {
          return try PlannedRule(rule)
        } catch let error as RuleError {
          throw UsageError(problem: "\(path): \(error.problem)", remedy: error.remedy)
        }
      }
  }

  /// The key for fingerprints: the content of a file that only its owner can read, without a line
  /// end at its end.
  static func fingerprinter(keyFile path: String) throws -> Fingerprinter {
    var descriptor = try Descriptor.reading(path: path)
    guard try !descriptor.isOpenToOthers() else {
      throw UsageError(
        problem: "the fingerprint key '\(path)' can be read by others", remedy: "chmod 600 it")
    }
    let material = try descriptor.readSecret(limit: largestKey)
    do {
      return try Fingerprinter(material: material)
    } catch .tooShort {
      throw UsageError(
        problem:
          "the fingerprint key '\(path)' is shorter than \(Fingerprinter.minimumBytes) bytes",
        remedy: "make one: (umask 077; openssl rand -hex 32 > KEYFILE)")
    } catch .cryptographyUnavailable {
      throw UsageError(
        problem: "OpenSSL offers no HKDF or HMAC with SHA-256",
        remedy: "check OpenSSL's configuration and providers")
    }
  }
}
