/// What stands behind hits in decoded texts, for as long as their verdict is open.
///
/// The secrets are in one memory of fixed size (G5); one that does not fit any more is known by
/// its place in the stream alone.
final class DecodedSecrets {
  private struct Entry: BitwiseCopyable {
    let form: DecodedForm
    let start: Int
    let end: Int
  }

  private let text: ViewText
  private var entries: [Entry] = []

  init(capacity: Int) { text = ViewText(capacity: capacity) }

  /// Keeps a secret.
  ///
  /// - Returns: its number, from 1.
  func insert(_ form: DecodedForm, secret: Span<UInt8>) -> Int32 {
    let start = text.count
    if secret.count <= text.capacity - start {
      text.copy(secret, 0..<secret.count)
    }
    entries.append(Entry(form: form, start: start, end: text.count))
    return Int32(entries.count)
  }

  func form(of number: Int32) -> DecodedForm { entries[Int(number) - 1].form }

  /// Lends the secret; it is empty if it did not fit.
  func withSecret<Failure: Error>(
    of number: Int32, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    let entry = entries[Int(number) - 1]
    let text = self.text
    try body(text.bytes.extracting(entry.start..<entry.end))
  }

  func removeAll() {
    guard !entries.isEmpty else { return }
    entries.removeAll(keepingCapacity: true)
    text.removeAll()
  }
}
