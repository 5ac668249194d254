internal import SluiceCrypto
internal import SluiceScan

/// A finding as the scanner reports it, and the fingerprint of its secret.
struct Hit: Sendable {
  var finding: Finding
  let fingerprint: Fingerprint?
  /// Its end is not known yet.
  var isOpen: Bool
}

/// Keeps the findings of a document, and of their secrets only a keyed fingerprint.
struct HitCollector: ~Copyable, FindingSink {
  typealias Failure = Never

  var hits: [Hit] = []
  private var fingerprinter: Fingerprinter?

  init(fingerprinter: consuming Fingerprinter?) { self.fingerprinter = fingerprinter }

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) {
    append(finding, secret: secret, isOpen: false)
  }

  mutating func open(_ finding: Finding, secret: Span<UInt8>) {
    append(finding, secret: secret, isOpen: true)
  }

  mutating func close(_ finding: Finding) {
    guard let last = hits.indices.last else { return }
    hits[last].finding = finding
    hits[last].isOpen = false
  }

  /// The fingerprint of bytes that are no finding of the scanner; nil without a key.
  mutating func fingerprint(of secret: Span<UInt8>) -> Fingerprint? {
    fingerprinter?.fingerprint(of: secret)
  }

  private mutating func append(_ finding: Finding, secret: Span<UInt8>, isOpen: Bool) {
    hits.append(
      Hit(
        finding: finding, fingerprint: fingerprinter?.fingerprint(of: secret), isOpen: isOpen))
  }
}
