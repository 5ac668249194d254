/// A text and the secrets in it.
package struct MeasuredCase: Sendable {
  /// What it counts for in a table: a family, a wrapping, a kind of file.
  package let group: String
  /// What else tells cases of a group apart.
  package let variant: String
  package let text: [UInt8]
  package let secrets: [Range<Int>]

  init(group: String, variant: String, before: String, secret: String, after: String) {
    self.group = group
    self.variant = variant
    text = Array((before + secret + after).utf8)
    secrets = [before.utf8.count..<before.utf8.count + secret.utf8.count]
  }

  package init(group: String, variant: String, text: [UInt8], secrets: [Range<Int>]) {
    (self.group, self.variant, self.text, self.secrets) = (group, variant, text, secrets)
  }
}
