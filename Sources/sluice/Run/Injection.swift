internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceProcess
internal import SluiceScan
internal import SluiceVault

/// What a program gets, with the values in it.
struct Injection {
  /// What the program needs no more than sluice did: the right to ask the vault.
  private static let withheld: Set<String> = ["SLUICE_TOKEN", "SLUICE_KEY_FILE"]
  private static let largestDefinition = 16 << 20

  private(set) var secrets: [ProgramEnvironment.Secret] = []
  private(set) var paths: [(name: String, value: String)] = []
  private(set) var gifts = FilteredProgram.Gifts()
  /// All values that the program gets, for its outputs to be searched for.
  private(set) var values: [ExactValues.Value] = []

  init() {}

  /// Gets the values out of the vault.
  ///
  /// - Throws: `VaultError`, `ProcessError`, `IOError`.
  init(_ plan: InjectionPlan, from vault: Vault, by requester: Requester) throws {
    let templates = try plan.definitions.map { definition in
      (name: definition.name, template: try Self.template(definition.path))
    }
    let references =
      plan.variables.map(\.reference) + plan.files.map(\.reference)
      + plan.descriptors.map(\.reference) + templates.flatMap(\.template.references)
    let found = try vault.inject(references, by: requester)
    func value(_ reference: SecretReference) -> SecretValue {
      guard let value = found[reference] else {
        preconditionFailure("every reference was asked for")
      }
      return value
    }
    let key = try vault.fingerprintKey()
    for (reference, value) in found.sorted(by: { $0.key.text < $1.key.text }) {
      var fingerprinter = try key.fingerprinter()
      values.append(
        value.bytes.withBytes { bytes in
          ExactValues.Value(
            SecretBytes(copying: bytes),
            name: SecretReference(
              tenant: reference.tenant, path: reference.path, version: value.version
            ).text,
            fingerprint: fingerprinter.fingerprint(of: bytes))
        })
    }
    for (name, reference) in plan.variables {
      secrets.append(try ProgramEnvironment.Secret(name, copying: value(reference).bytes))
    }
    for (name, reference) in plan.files {
      try add(try MemoryFile(named: name, value(reference).bytes), name)
    }
    for (number, reference) in plan.descriptors {
      gifts.descriptors.append(
        (number, try MemoryFile(named: "sluice", value(reference).bytes)))
    }
    for (name, template) in templates {
      try add(try MemoryFile(named: name, try template.filled(value)), name)
    }
  }

  private mutating func add(_ file: MemoryFile, _ name: String) throws {
    gifts.files.append(file)
    paths.append((name, file.path))
  }

  private static func template(_ path: String) throws -> DefinitionTemplate {
    var source = try Descriptor.reading(path: path)
    let bytes = try source.readAll(limit: largestDefinition)
    do {
      return try DefinitionTemplate(bytes, syntax: DefinitionSyntax(fileName: path))
    } catch .invalid(let problem) {
      throw VaultError.invalid(problem: "\(path): \(problem)")
    }
  }

  /// The variables of the program.
  func environment() -> ProgramEnvironment {
    ProgramEnvironment(removing: Self.withheld, adding: paths, secrets: secrets)
  }

  /// The arguments with the paths of files in place of `{NAME}`.
  func arguments(_ arguments: [String]) -> [String] {
    arguments.map { argument in
      paths.reduce(argument) { $0.replacing("{\($1.name)}", with: $1.value) }
    }
  }

  /// Values that are not looked for, because they stand in ordinary text too.
  var unsearchable: [String] { values.filter { !$0.isSearchable }.map(\.name) }
}
