internal import Foundation

/// Programs that tests run beside ours.
package enum Programs {
  /// Whether all of them are in `PATH`; where CI runs, they have to be.
  package static func areThere(_ names: String...) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let missing = names.filter { name in
      !folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
    return missing.isEmpty || environment["CI"] == "true"
  }
}
