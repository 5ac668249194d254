internal import SluiceProcess
internal import SluiceRules
internal import SluiceVault

/// What a program gets out of the vault, and in which way; holds no value.
struct InjectionPlan {
  /// Of `--env NAME=REFERENCE`.
  var variables: [(name: String, reference: SecretReference)] = []
  /// `--file NAME=REFERENCE`: the variable holds the path of a file in memory.
  var files: [(name: String, reference: SecretReference)] = []
  /// `--fd N=REFERENCE`; 0 is standard input.
  var descriptors: [(number: Int32, reference: SecretReference)] = []
  /// `--resolve NAME=FILE`: the variable holds the path of a copy with values in it.
  var definitions: [(name: String, path: String)] = []

  var isEmpty: Bool {
    variables.isEmpty && files.isEmpty && descriptors.isEmpty && definitions.isEmpty
  }

  /// The highest descriptor that may be asked for; what is above is taken for files.
  static let highestDescriptor: Int32 = 63

  /// - Throws: `UsageError` for names that are none or taken twice.
  func check() throws {
    var names: Set<String> = []
    for name in variables.map(\.name) + files.map(\.name) + definitions.map(\.name) {
      guard ProgramEnvironment.isName(name) else {
        throw UsageError(
          problem: "what stands before '=' is no name of a variable",
          remedy: "it has letters, digits and _, and no digit first")
      }
      guard names.insert(name).inserted else {
        throw UsageError(problem: "the variable \(name) is given twice", remedy: nil)
      }
    }
    var numbers: Set<Int32> = []
    for number in descriptors.map(\.number) {
      guard number == 0 || (3...Self.highestDescriptor).contains(number) else {
        throw UsageError(
          problem: "a program gets no value as descriptor \(number)",
          remedy: "use 0, or 3 to \(Self.highestDescriptor)")
      }
      guard numbers.insert(number).inserted else {
        throw UsageError(problem: "descriptor \(number) is given twice", remedy: nil)
      }
    }
  }

  /// Reads `NAME=REST`.
  static func split(_ text: String, flag: String) throws -> (name: String, rest: String) {
    let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard halves.count == 2 else {
      throw UsageError(problem: "\(flag) takes NAME=…", remedy: "see 'sluice run --help'")
    }
    return (halves[0], halves[1])
  }

  /// A whole reference, or a path in the tenant.
  static func reference(_ text: String, tenant: String) throws -> SecretReference {
    if text.hasPrefix(SecretReference.scheme) { return try SecretReference(text) }
    return SecretReference(
      tenant: try Name(tenant, kind: "tenant"), path: try SecretPath(text))
  }
}
