internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

struct VaultImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Store every value of a file as a secret.",
    discussion: """
      Takes .env files, JSON and YAML with values at any depth, and what these programs export: \
      'vault kv get -format=json', 'aws secretsmanager get-secret-value' and \
      'batch-get-secret-value', 'aws ssm get-parameters', 'az keyvault secret show', 'kubectl get \
      secret -o json', 'op item get --format json' and the export.data of a .1pux file. Names become paths; characters that no path may have become '-'.

      Example: sluice vault import .env --prefix app/prod --tenant acme
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: "The file, or - for standard input.") var file: String
  @Option(help: "The tenant.") var tenant = "default"
  @Option(help: "Put in front of every path.") var prefix: String?
  @Option(help: "env, json or yaml. (default: by the file's name, else by its content)")
  var format: ImportedSecrets.Format?
  @Flag(help: "Only print the paths.") var dryRun = false

  func run() throws {
    let tenant = try configuring { try Name(self.tenant, kind: "tenant") }
    let bytes = try read()
    let secrets = try ImportedSecrets(
      bytes, format: format ?? .guessed(fileName: file, content: bytes)
    ).secrets
    // All paths are known to be good before the first value is stored.
    var paths: [(SecretPath, [UInt8])] = []
    for (name, value) in secrets {
      let text = (prefix.map { [$0] } ?? []) + name.map(ImportedSecrets.segment)
      paths.append((try SecretPath(text.joined(separator: "/")), Array(value.utf8)))
    }
    if dryRun {
      for (path, _) in paths { print("vault://\(tenant.text)/\(path.text)") }
      return
    }
    let opened = try vault.openUnsealed()
    for (path, value) in paths {
      let version = try opened.put(
        SecretBytes(copying: value.span), at: path, of: tenant, by: .person())
      print("vault://\(tenant.text)/\(path.text)#\(version)")
    }
  }

  private func read() throws -> [UInt8] {
    var source =
      file == "-"
      ? Descriptor(borrowing: STDIN_FILENO, named: "standard input")
      : try Descriptor.reading(path: file)
    return try source.readAll(limit: 16 << 20)
  }
}

extension ImportedSecrets.Format: ExpressibleByArgument {}

struct VaultExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the current values of a tenant in plain text.",
    discussion: """
      One JSON object a line: the path, and the value as text or, if it is none, as base64. Each \
      value that is written goes on record.

      Example: sluice vault export --tenant acme | age -e -R keys.txt > acme.age
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "The tenant.") var tenant = "default"
  @Flag(help: "Show them even on a terminal.") var reveal = false

  func run() throws {
    guard reveal || isatty(STDOUT_FILENO) != 1 else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "a terminal would show the values", remedy: "say --reveal, or use a pipe"))
    }
    let tenant = try configuring { try Name(self.tenant, kind: "tenant") }
    let opened = try vault.openUnsealed()
    for record in try opened.secrets(of: tenant, by: .person()) where record.current != nil {
      let value = try opened.read(record.path, of: tenant, by: .person())
      let bytes = value.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } }
      let text = String(validating: bytes, as: UTF8.self)
      TextTable.print(
        json: .object([
          .init("path", .string(record.path.text)),
          text.map { JSONValue.Member("value", .string($0)) }
            ?? JSONValue.Member("base64", .string(Base64.text(of: bytes))),
        ]))
    }
  }
}
