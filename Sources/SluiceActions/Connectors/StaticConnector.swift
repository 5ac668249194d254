internal import SluiceVault

/// A secret that only people can change: somebody is asked, and the new version waits for them.
struct StaticConnector: Connector {
  static let keys = ["test"]

  var manner: ConnectorManner {
    var manner = ConnectorManner()
    manner.asksOperator = true
    manner.canRevoke = false
    return manner
  }

  /// What proves a new value, if anything can.
  private let check: ProgramConnector?

  init(_ fields: TargetFields, timeout: Duration) throws(ActionSettingsError) {
    let command = try fields.texts("test")
    check = command.isEmpty ? nil : ProgramConnector(command: command, timeout: timeout)
  }

  func draft(_ work: ConnectorWork) async throws(ConnectorError) -> Draft { Draft() }

  func provision(_ work: ConnectorWork) async throws(ConnectorError) -> Provision { Provision() }

  func test(_ work: ConnectorWork) async throws(ConnectorError) { try await check?.test(work) }

  func revoke(_ work: ConnectorWork) async throws(ConnectorError) -> String {
    "has to be taken away by hand"
  }

  func undo(_ work: ConnectorWork) async throws(ConnectorError) {}
}
