/// An error a person will read: what went wrong, then the one next step.
///
/// Neither text ever holds a secret or a piece of the scanned stream (G3).
package protocol ExplainedError: Error {
  /// Lower case, no full stop, names the thing.
  var problem: String { get }
  /// What to do about it, as one command or change.
  var remedy: String? { get }
}
