internal import SluiceVault

/// Why a rotation was not begun, or not taken on.
package enum RotationError: Error, Hashable {
  case noTarget(path: String)
  case unknownTarget(name: String, path: String)
  /// Another process is at it.
  case busy(path: String)
  case notRotating(path: String)
  case noVersion(path: String)
  case lock(path: String)
  /// A value was given to a rotation whose value comes from elsewhere.
  case needsNoValue(path: String)

  package var problem: String {
    switch self {
    case .noTarget(let path): "'\(path)' has no target: it is not known what accepts it"
    case .unknownTarget(let name, let path): "there is no target '\(name)', which '\(path)' names"
    case .busy(let path): "another process is rotating '\(path)' now"
    case .notRotating(let path): "no rotation of '\(path)' is under way"
    case .noVersion(let path): "'\(path)' has no value that could be replaced"
    case .lock(let path): "the lock '\(path)' cannot be made"
    case .needsNoValue(let path): "the new value of '\(path)' is made, not given"
    }
  }

  package var remedy: String? {
    switch self {
    case .noTarget:
      "describe it with 'sluice rotate target put NAME', then store the secret with --target NAME"
    case .unknownTarget(let name, _): "describe it: sluice rotate target put \(name) < target.yaml"
    case .busy: "'sluice rotate status' shows how far it is"
    case .notRotating: "begin one with 'sluice rotate PATH'"
    case .noVersion: "store one with 'sluice vault put'"
    case .lock: "check the permissions of the vault's directory"
    case .needsNoValue: "leave the value out"
    }
  }
}
