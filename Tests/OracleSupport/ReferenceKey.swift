/// A private key printed line by line behind prefixes, as `PrefixedKey` finds it.
struct ReferenceKey {
  var lines: [Range<Int>] = []
  var isWhole = false
  /// One past the last line of the key.
  var end: Int

  init(_ text: [UInt8], at index: Int, from start: Int) {
    let dashes = Recognizer(#"-----(?:BEGIN|END)[^-\x00-\x1f]*+-*+"#)
    let footer = Recognizer(#"-(?s:...)-END"#)
    let payload = Recognizer("[A-Za-z0-9+/=]++")
    func lineEnd(_ place: Int) -> Int { text[place...].firstIndex(of: 0x0A) ?? text.count }
    let lineStart = (text[start..<index].lastIndex(of: 0x0A) ?? start - 1) + 1
    let column = index - lineStart
    lines = [index..<index + (dashes.match(text, at: index)?.length ?? 5)]
    end = min(lineEnd(index) + 1, text.count)
    var hasFullLine = false
    while end < text.count, lines.count < 200 {
      let line = end..<lineEnd(end)
      var found: Range<Int>?
      var distance = Int.max
      for place in line where abs(place - line.lowerBound - column) <= 12 {
        let away = abs(place - line.lowerBound - column)
        if place + 8 <= line.upperBound, footer.match(text, at: place) != nil {
          let rest = Recognizer(#"(?s:.{5})[^-\x00-\x1f]*+-*+"#).match(text, at: place)?.length ?? 8
          found = place..<min(place + rest, line.upperBound)
          isWhole = true
          break
        }
        guard let (length, _) = payload.match(text, at: place),
          place == line.lowerBound || payload.match(text, at: place - 1) == nil
            || place >= 2 && text[place - 2] == UInt8(ascii: "\\")
        else { continue }
        let isPart = (48...80).contains(length) || hasFullLine && away <= 2
        guard isPart, away < distance else { continue }
        found = place..<place + length
        distance = away
      }
      guard let found else { return }
      lines.append(found)
      end = min(line.upperBound + 1, text.count)
      if isWhole { return }
      hasFullLine = hasFullLine || (48...80).contains(found.count)
    }
  }
}
