@testable import SluiceRules

// `#expect` cannot take a span as the argument of the call that it checks.

extension Validator {
  func accepts(_ secret: [UInt8]) -> Bool { accepts(secret.span) }
}

extension Checksum {
  func holds(for secret: [UInt8]) -> Bool { holds(for: secret.span) }
}
