internal import SluiceAlerts
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceScan

/// What flags and settings make of a filter; read again when SIGHUP asks for it.
struct FilterSetup {
  let rules: CompiledRules
  let options: Filter.Options
  let alerts: AlertPlan?
  private let keyFile: String?

  /// Everything that can be wrong with the configuration is found here.
  ///
  /// - Parameters:
  ///   - command: the flags.
  ///   - hasVault: whether the vault makes fingerprints.
  /// - Throws: `ConfigurationError`.
  init(_ command: FilterCommand, hasVault: Bool) throws {
    let settings = try Settings.load(command.common)
    if settings.needsFingerprintKey && command.fingerprintKey == nil && !hasVault {
      throw ConfigurationError(
        cause: UsageError(
          problem: "the settings allow by fingerprint, and there is no key",
          remedy: "give the key that made the fingerprints: --fingerprint-key FILE"))
    }
    let set = try settings.rules(more: command.ruleFiles)
    rules = try configuring {
      try CompiledRules(
        set,
        limits: ScanLimits(
          window: command.window,
          decodingDepth: command.decode ? ScanLimits.deepestDecoding : 0))
    }
    var options = Filter.Options()
    options.maskStyle =
      command.mask ?? (command.fingerprintKey == nil && !hasVault ? .label : .hash)
    options.path = command.input
    options.allowlist = settings.allowlist(for: rules.rules, path: command.input)
    options.idleFlush = command.idleFlush
    options.measures = command.isMeasured
    self.options = options
    alerts = settings.alerts
    keyFile = command.fingerprintKey
    _ = try fingerprinter()
  }

  func fingerprinter() throws -> Fingerprinter? {
    try configuring { try keyFile.map { try Loading.fingerprinter(keyFile: $0) } }
  }
}
