/// The release; kept in step with CHANGELOG.md.
enum Version {
  static let text = "0.1.0"
}
