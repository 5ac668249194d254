internal import SluiceAlerts
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceScan

/// What flags and settings make of a filter; read again when SIGHUP asks for it.
struct FilterSetup {
  /// With what is known of the vault's values.
  let rules: CompiledRules
  let options: Filter.Options
  let alerts: AlertPlan?
  private let keyFile: String?

  /// Everything that can be wrong with the configuration is found here.
  ///
  /// - Parameters:
  ///   - request: the flags.
  ///   - known: the vault that makes fingerprints and whose values are looked for; nil: none.
  /// - Throws: `ConfigurationError`.
  init(_ request: FilterRequest, known: KnownValueSession?) throws {
    let settings = try Settings.load(request.common)
    if settings.needsFingerprintKey && request.fingerprintKey == nil && known == nil {
      throw ConfigurationError(
        cause: UsageError(
          problem: "the settings allow by fingerprint, and there is no key",
          remedy: "give the key that made the fingerprints: --fingerprint-key FILE"))
    }
    let set = try settings.rules(more: request.ruleFiles)
    let compiled = try configuring {
      try CompiledRules(
        set,
        limits: ScanLimits(
          window: request.window,
          decodingDepth: request.decode ? ScanLimits.deepestDecoding : 0))
    }
    rules = try configuring { try known?.rules(besides: compiled) } ?? compiled
    var options = Filter.Options()
    options.maskStyle =
      request.mask ?? (request.fingerprintKey == nil && known == nil ? .label : .hash)
    options.path = request.input
    options.allowlist = settings.allowlist(for: rules.rules, path: request.input)
    options.idleFlush = request.idleFlush
    options.measures = request.isMeasured
    self.options = options
    alerts = settings.alerts
    keyFile = request.fingerprintKey
    _ = try fingerprinter()
  }

  func fingerprinter() throws -> Fingerprinter? {
    try configuring { try keyFile.map { try Loading.fingerprinter(keyFile: $0) } }
  }
}
