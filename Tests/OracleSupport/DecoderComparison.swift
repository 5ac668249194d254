internal import SluiceScan

/// Compares each decoder with what the reference makes of the same text.
package enum DecoderComparison {
  /// The first decoder that differs; nil if none does.
  ///
  /// Names the decoder, never bytes of the text.
  package static func difference(in text: [UInt8]) -> String? {
    let reference = ReferenceDecoder()
    let kinds: [(Decoder, ReferenceDecoder.Kind)] = [
      (.escapes, .escapes), (.quotedPrintable, .quotedPrintable), (.runs, .runs),
      (.utf16, .utf16), (.lines, .lines),
    ]
    let stream = ReferenceView(stream: text, text.indices)
    for isCut in [false, true] {
      for (decoder, kind) in kinds {
        let view = ViewText(capacity: 2 * text.count + 64)
        let source = DecodingSource(bytes: text.span, view: nil, isCut: isCut)
        let isTelling = decoder.decode(source, into: view)
        let expected = reference.decode(stream, as: kind, isCut: isCut, isStream: true)
        guard isTelling == (expected != nil) else {
          return "\(decoder): only one of both decodes something"
        }
        guard let expected else { continue }
        guard view.count == expected.bytes.count else { return "\(decoder): another length" }
        let bytes = view.bytes
        for index in bytes.indices {
          let origin = view.origin(at: index)
          guard bytes[index] == expected.bytes[index],
            Int(origin.start) == expected.origins[index].lowerBound,
            Int(origin.end) == expected.origins[index].upperBound
          else { return "\(decoder): byte \(index) of the decoded text" }
        }
      }
    }
    return nil
  }
}
