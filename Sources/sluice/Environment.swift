internal import Foundation

/// The environment of the process.
enum Environment {
  /// The value of a variable; nil if it is not set.
  static func value(of name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
