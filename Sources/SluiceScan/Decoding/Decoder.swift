/// A way to decode a whole text; what it does not know goes through as it is.
package enum Decoder: CaseIterable, Sendable {
  case escapes, quotedPrintable, runs, utf16, lines

  /// The search that says whether the decoder has anything to do.
  var kinds: EncodingKernel.Kinds {
    switch self {
    case .escapes: .escapes
    case .quotedPrintable: .marks
    case .lines: .headers
    case .runs: .runs
    case .utf16: .controls
    }
  }

  /// Decodes a text.
  ///
  /// - Parameters:
  ///   - source: the text.
  ///   - view: emptied, then written.
  /// - Returns: whether something was decoded that can hide a secret and that no earlier step has
  ///   seen.
  package func decode(_ source: borrowing DecodingSource, into view: ViewText) -> Bool {
    view.removeAll()
    return switch self {
    case .escapes: Self.decodeEscapes(source, into: view)
    case .quotedPrintable: Self.decodeQuotedPrintable(source, into: view)
    case .runs: Self.decodeRuns(source, into: view)
    case .utf16: Self.decodeUTF16(source, into: view)
    case .lines: Self.decodeLines(source, into: view)
    }
  }
}

/// A text that is decoded.
package struct DecodingSource: ~Escapable {
  let bytes: Span<UInt8>
  /// The view that it is; nil for the stream itself.
  let view: ViewText?
  /// Whether it begins in the middle of a line.
  let isCut: Bool

  @_lifetime(copy bytes)
  package init(bytes: Span<UInt8>, view: ViewText?, isCut: Bool) {
    self.bytes = bytes
    self.view = view
    self.isCut = isCut
  }

  /// Whether these bytes are new: what was there before the last step was decoded then.
  func isNew(_ range: Range<Int>) -> Bool {
    guard let view else { return true }
    return !view.encodings(in: range).isEmpty
  }
}
