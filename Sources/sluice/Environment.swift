internal import SluiceProcess

/// The environment of the process.
enum Environment {
  /// The value of a variable; nil if it is not set.
  ///
  /// PERF: Foundation makes a dictionary of all of them, and every filter that starts asks for one.
  static func value(of name: String) -> String? { InheritedEnvironment.value(of: name) }
}
