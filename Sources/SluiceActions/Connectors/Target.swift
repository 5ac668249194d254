package import SluiceAudit
package import SluiceVault

/// A system that accepts credentials, as an operator described it.
package struct Target: Sendable {
  package let name: String
  package let kind: Kind
  /// Where the vault keeps the credential that may change others.
  package let admin: SecretPath?
  /// Targets that name the same one share a limit of rotations at a time.
  package let group: String
  package let atOnce: Int
  /// How long both values work, unless a policy says otherwise.
  package let drain: Duration?
  package let connector: any Connector

  package enum Kind: String, Sendable, CaseIterable {
    case postgresql, redis
    case awsAccessKey = "aws-access-key"
    case awsSecretsManager = "aws-secrets-manager"
    case http, program
    case `static`
  }

  static let common = ["connector", "admin", "timeout", "group", "atOnce", "drain"]

  /// - Parameters:
  ///   - name: what secrets call it.
  ///   - json: its description.
  /// - Throws: `ActionSettingsError`.
  package init(name: String, _ json: JSONValue) throws(ActionSettingsError) {
    let place = "target '\(name)'"
    guard let word = json["connector"]?.text, let kind = Kind(rawValue: word) else {
      throw ActionSettingsError(
        "'connector' in \(place) must name a connector",
        remedy: "choose one of: \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let fields = try TargetFields(json, place: place, known: Self.common + kind.keys)
    self.name = name
    self.kind = kind
    do {
      admin = try fields.text("admin").map { text throws(VaultError) in try SecretPath(text) }
    } catch let error as VaultError {
      throw ActionSettingsError(error.problem)
    } catch let error as ActionSettingsError {
      throw error
    } catch {
      throw fields.error("admin", "a path in the vault")
    }
    group = try fields.text("group") ?? name
    atOnce = Int(try fields.number("atOnce", in: 1...100) ?? 1)
    drain = try fields.duration("drain")
    let timeout = try fields.duration("timeout") ?? .seconds(10)
    guard timeout >= .milliseconds(100), timeout <= .seconds(600) else {
      throw fields.error("timeout", "from 100ms to 10m")
    }
    switch kind {
    case .postgresql: connector = try PostgreSQLConnector(fields, timeout: timeout)
    case .program: connector = try ProgramConnector(fields, timeout: timeout)
    case .static: connector = try StaticConnector(fields, timeout: timeout)
    case .redis: connector = try RedisConnector(fields, timeout: timeout)
    case .awsAccessKey: connector = try AWSAccessKeyConnector(fields, timeout: timeout)
    case .awsSecretsManager: connector = try AWSSecretsManagerConnector(fields, timeout: timeout)
    case .http: connector = try HTTPConnector(fields, timeout: timeout)
    }
  }
}

extension Target.Kind {
  /// What can stand in a description beside `Target.common`.
  var keys: [String] {
    switch self {
    case .postgresql: PostgreSQLConnector.keys
    case .program: ProgramConnector.keys
    case .static: StaticConnector.keys
    case .redis: RedisConnector.keys
    case .awsAccessKey: AWSAccessKeyConnector.keys
    case .awsSecretsManager: AWSSecretsManagerConnector.keys
    case .http: HTTPConnector.keys
    }
  }
}
