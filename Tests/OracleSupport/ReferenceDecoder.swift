internal import SluiceScan

/// What is decoded, written down once more: by expressions, and without any thought of speed.
struct ReferenceDecoder {
  enum Kind: CaseIterable {
    case escapes, quotedPrintable, runs, utf16, lines
  }

  private let hexadecimal = Recognizer(#"(?:\\x|%)([0-9A-Fa-f]{2})"#)
  private let unicode = Recognizer(#"\\u([0-9A-Fa-f]{4})"#)
  private let simple = Recognizer(#"\\(["'\\/bfnrt])"#)
  private let backslashesToEnd = Recognizer(#"\\\\\\{0,14}\z"#)
  private let hiddenEscape = Recognizer(#"\\\\\\{0,14}[ux/]"#)
  private let entity = Recognizer("&(amp|lt|gt|quot|apos|nbsp);")
  private let decimal = Recognizer("&#([0-9]{1,7});")
  private let hexadecimalEntity = Recognizer("&#[xX]([0-9A-Fa-f]{1,7});")
  private let sequence = Recognizer(
    #"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|\](?:[^\x07\x1b\n]|\x1b(?!\\))*+(?:\x07|\x1b\\)"#
      + #"|[ -/]++[0-~]|[0-Z\\^-~])"#)
  private let quoted = Recognizer("=([0-9A-F]{2})")
  private let lineBreak = Recognizer(#"=\r?\n"#)
  private let run = Recognizer(#"[A-Za-z0-9+/_-]++"#)
  private let wrappedLine = Recognizer(
    #"(?:[^\n]*[^A-Za-z0-9+/_\n-])?([A-Za-z0-9+/_-]{60,80})\r?\n"#)
  private let nextLine = Recognizer(
    #"(?:\r|\\{1,15}+r)?+(?:\n|\\{1,15}+n)[ \t]*+([A-Za-z0-9+/_-]++)={0,2}+(?:[\r\n"'<\\&;,]|\z)"#)
  private let hexText = Recognizer("(?:[2-6][0-9A-Fa-f]|7[0-9A-Ea-e]|0[9aAdD]){12}")
  private let alternation = Recognizer(#"(?:\x00[\x20-\x7e\t\n\r]){4}"#)
  private let wideHeader = Recognizer(
    #"[^\n]*?-\0B\0E\0G\0I\0N\0 [^\n]*?P\0R\0I\0V\0A\0T\0E\0 \0K\0E\0Y(?![^\n]*-\0E\0N\0D\0 )"#)
  private let wideFooter = Recognizer(#"[^\n]*?-\0E\0N\0D\0 "#)
  private let header = Recognizer(
    #"-----BEGIN (?:(?!PRIVATE KEY-----)[A-Z0-9 ]){0,23}PRIVATE KEY-----[^\n]{0,512}\n"#)

  /// What a kind makes of a text; nil if it finds nothing to decode that is new.
  func decode(_ source: ReferenceView, as kind: Kind, isCut: Bool, isStream: Bool)
    -> ReferenceView?
  {
    switch kind {
    case .escapes: escapes(source)
    case .quotedPrintable: quotedPrintable(source)
    case .runs: runs(source, isCut: isCut)
    case .utf16: utf16(source)
    case .lines: isStream ? lines(source) : nil
    }
  }

  /// Whether something is encoded at a place of the stream.
  ///
  /// - Parameters:
  ///   - text: the stream.
  ///   - index: the place.
  ///   - start: of the block.
  ///   - isCut: whether the block begins in the middle of a line.
  /// - Returns: whether it makes the block one that is decoded.
  func isEncoded(_ text: [UInt8], at index: Int, from start: Int, isCut: Bool) -> Bool {
    if let escape = escape(text, at: index) { return escape.isTelling }
    switch text[index] {
    case 0: return alternation.match(text, at: index) != nil
    case UInt8(ascii: "="):
      return isQuotedEquals(text, at: index)
        || softBreak(text, at: index, lineStart: lineStart(text, index, from: start)) != nil
    case UInt8(ascii: "-") where index >= start + 4:
      if isHeader(text, at: index - 4, from: start) { return true }
    default: break
    }
    guard isRunByte(text[index]), index == start || !isRunByte(text[index - 1]) else {
      return false
    }
    return runStart(text, from: index, isCut: isCut && index == start) != nil
  }

  // MARK: - Escapes

  private struct Escape {
    let length: Int
    let output: [UInt8]
    let isTelling: Bool
  }

  private func escape(_ bytes: [UInt8], at index: Int) -> Escape? {
    func text(_ range: Range<Int>?) -> String {
      String(decoding: range.map { bytes[$0] } ?? [], as: UTF8.self)
    }
    if let (length, digits) = hexadecimal.match(bytes, at: index) {
      return Escape(length: length, output: [UInt8(text(digits), radix: 16) ?? 0], isTelling: true)
    }
    if let (length, digits) = unicode.match(bytes, at: index) {
      let value = UInt32(text(digits), radix: 16) ?? 0
      if value >> 10 == 0x36, let (_, low) = unicode.match(bytes, at: index + 6),
        let second = UInt32(text(low), radix: 16), second >> 10 == 0x37
      {
        let scalar = 0x10000 + (value - 0xD800) * 0x400 + (second - 0xDC00)
        return Escape(length: 12, output: utf8(scalar), isTelling: true)
      }
      return Escape(length: length, output: utf8(value), isTelling: true)
    }
    if let (length, group) = simple.match(bytes, at: index) {
      let names = ["n": "\n", "r": "\r", "t": "\t", "b": "\u{8}", "f": "\u{C}"]
      let name = text(group)
      if backslashesToEnd.match(bytes, at: index) != nil { return nil }
      return Escape(
        length: length, output: Array((names[name] ?? name).utf8),
        isTelling: name == "/" || hiddenEscape.match(bytes, at: index) != nil)
    }
    if let (length, group) = entity.match(bytes, at: index) {
      let names = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " "]
      return Escape(
        length: length, output: Array((names[text(group)] ?? "").utf8), isTelling: true)
    }
    for (recognizer, radix) in [(decimal, 10), (hexadecimalEntity, 16)] {
      guard let (length, digits) = recognizer.match(bytes, at: index) else { continue }
      return Escape(
        length: length, output: utf8(UInt32(text(digits), radix: radix) ?? 0), isTelling: true)
    }
    if let (length, _) = sequence.match(bytes, at: index), length <= 256 {
      return Escape(length: length, output: [], isTelling: true)
    }
    return nil
  }

  private func utf8(_ value: UInt32) -> [UInt8] {
    Array(String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8)
  }

  private func escapes(_ source: ReferenceView) -> ReferenceView? {
    var view = ReferenceView()
    var isTelling = false
    var index = 0
    while index < source.bytes.count {
      guard let escape = escape(source.bytes, at: index),
        isTelling || escape.isTelling && source.isNew(index..<index + escape.length)
      else {
        view.copy(index, of: source)
        index += 1
        continue
      }
      let range = index..<index + escape.length
      for byte in escape.output { view.append(byte, of: source, range) }
      if escape.output.isEmpty { view.leaveOut() }
      isTelling = isTelling || escape.isTelling && source.isNew(range)
      index += escape.length
    }
    return isTelling ? view : nil
  }

  // MARK: - Quoted-printable

  private func lineStart(_ text: [UInt8], _ index: Int, from start: Int) -> Int {
    (text[start..<index].lastIndex(of: 0x0A) ?? start - 1) + 1
  }

  private func isQuotedEquals(_ bytes: [UInt8], at index: Int) -> Bool {
    bytes[index...].starts(with: Array("=3D".utf8))
  }

  func softBreak(_ bytes: [UInt8], at index: Int, lineStart: Int) -> Int? {
    let length = index + 1 - lineStart
    guard (74...76).contains(length), bytes[index - 1] != UInt8(ascii: "=") else { return nil }
    let run = bytes[lineStart..<index].reversed().prefix { isRunByte($0) }.count
    guard length == 76 || run < 16 || run % 4 != 3 else { return nil }
    return lineBreak.match(bytes, at: index)?.length
  }

  private func quotedPrintable(_ source: ReferenceView) -> ReferenceView? {
    var view = ReferenceView()
    var isTelling = false
    var index = 0
    while index < source.bytes.count {
      let start = lineStart(source.bytes, index, from: 0)
      if let length = softBreak(source.bytes, at: index, lineStart: start) {
        isTelling = isTelling || source.isNew(index..<index + length)
        view.leaveOut()
        index += length
      } else if let (length, group) = quoted.match(source.bytes, at: index), let group,
        isTelling
          || isQuotedEquals(source.bytes, at: index) && source.isNew(index..<index + length)
      {
        let digits = String(decoding: source.bytes[group], as: UTF8.self)
        view.append(UInt8(digits, radix: 16) ?? 0, of: source, index..<index + length)
        let isNew = isQuotedEquals(source.bytes, at: index) && source.isNew(index..<index + 3)
        isTelling = isTelling || isNew
        index += length
      } else {
        view.copy(index, of: source)
        index += 1
      }
    }
    return isTelling ? view : nil
  }

  // MARK: - Runs

  private func isRunByte(_ byte: UInt8) -> Bool { run.match([byte], at: 0) != nil }

  /// Where the part of a run begins that is decoded.
  private func runStart(
    _ bytes: [UInt8], from index: Int, isCut: Bool
  ) -> (start: Int, end: Int, isHexadecimal: Bool)? {
    guard let (length, _) = run.match(bytes, at: index), length >= 24 else { return nil }
    let end = index + length
    var first = index
    if index > 0 {
      switch (bytes[index - 1], bytes[index]) {
      case (UInt8(ascii: "%"), _): first += 2
      case (UInt8(ascii: "\\"), UInt8(ascii: "n")), (UInt8(ascii: "\\"), UInt8(ascii: "r")),
        (UInt8(ascii: "\\"), UInt8(ascii: "t")):
        first += 1
      case (UInt8(ascii: "\\"), UInt8(ascii: "x")): first += 3
      case (UInt8(ascii: "\\"), UInt8(ascii: "u")): first += 5
      default: break
      }
    }
    if bytes[first...].starts(with: Array("0x".utf8)) { first += 2 }
    for start in first...first + (isCut ? 3 : 0) where start + 24 <= end {
      if hexText.match(bytes, at: start) != nil { return (start, end, true) }
      let text = base64(bytes[start..<start + 24])
      if text.count == 18, text.allSatisfy({ isPlain($0) }) { return (start, end, false) }
    }
    return nil
  }

  private func isPlain(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) || [9, 10, 13].contains(byte)
  }

  private func base64(_ characters: ArraySlice<UInt8>) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var output: [UInt8] = []
    var bits = 0
    var count = 0
    for character in characters {
      let usual =
        character == UInt8(ascii: "-")
        ? UInt8(ascii: "+") : character == UInt8(ascii: "_") ? UInt8(ascii: "/") : character
      bits = bits << 6 | (alphabet.firstIndex(of: usual) ?? 0)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      output.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    return output
  }

  private func runs(_ source: ReferenceView, isCut: Bool) -> ReferenceView? {
    let bytes = source.bytes
    var view = ReferenceView()
    var isTelling = false
    var index = 0
    while index < bytes.count {
      var end = index + (run.match(bytes, at: index)?.length ?? 0)
      if end - index >= 24, source.isNew(max(index - 1, 0)..<end + 1),
        var found = runStart(bytes, from: index, isCut: isCut && index == 0)
      {
        isTelling = true
        for place in index..<found.start { view.copy(place, of: source) }
        index = found.start
        if found.isHexadecimal {
          while index + 1 < end,
            let value = UInt8(String(decoding: bytes[index..<index + 2], as: UTF8.self), radix: 16),
            bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-"), isPlain(value)
          {
            view.append(value, of: source, index..<index + 2)
            index += 2
          }
        } else {
          var text: [UInt8] = []
          index = decodeGroups(source, index..<end, &text, into: &view)
          while index == end, let next = continuation(of: found.start..<end, in: bytes, text) {
            view.leaveOut()
            (found.start, end) = (next.lowerBound, next.upperBound)
            index = decodeGroups(source, next, &text, into: &view)
          }
        }
      }
      for place in index..<max(end, index) { view.copy(place, of: source) }
      index = max(end, index)
      if index < bytes.count, run.match(bytes, at: index) == nil {
        view.copy(index, of: source)
        index += 1
      }
    }
    return isTelling ? view : nil
  }

  /// Groups of four as long as the text up to there is UTF-8 that can be printed; a character may
  /// reach into the next group.
  private func decodeGroups(
    _ source: ReferenceView, _ range: Range<Int>, _ text: inout [UInt8],
    into view: inout ReferenceView
  ) -> Int {
    var index = range.lowerBound
    while index < range.upperBound {
      let group = source.bytes[index..<min(index + 4, range.upperBound)]
      let decoded = base64(group)
      guard !decoded.isEmpty, isPrintable(text + decoded) else { return index }
      text += decoded
      var end = group.endIndex
      let padding = 4 - group.count
      while end < source.bytes.count, end < group.endIndex + padding,
        source.bytes[end] == UInt8(ascii: "=")
      { end += 1 }
      for byte in decoded { view.append(byte, of: source, index..<end) }
      index = end
    }
    return index
  }

  /// The characters of the next line that go on with a full line of base64.
  private func continuation(
    of line: Range<Int>, in bytes: [UInt8], _ text: [UInt8]
  ) -> Range<Int>? {
    guard (60...80).contains(line.count), line.count % 4 == 0,
      let next = nextLine.match(bytes, at: line.upperBound)?.group, next.count % 4 != 1,
      isPrintable(text + base64(bytes[next]))
    else { return nil }
    return next
  }

  /// Whether the line that begins at `index` ends with a full line of base64.
  func isWrapped(_ bytes: [UInt8], lineStart index: Int) -> Bool {
    guard let run = wrappedLine.match(bytes, at: index)?.group, run.count % 4 == 0 else {
      return false
    }
    let text = base64(bytes[run])
    return (0...3).contains { missing in
      text.prefix(missing).allSatisfy { (0x80...0xBF).contains($0) }
        && isPrintable(Array(text.dropFirst(missing)))
    }
  }

  // MARK: - Keys in UTF-16

  /// One past the key that begins in a line.
  func wideKeyEnd(_ text: [UInt8], _ line: Range<Int>) -> Int? {
    guard wideHeader.match(text, at: line.lowerBound) != nil else { return nil }
    var end = line.upperBound + 1
    for _ in 1..<200 {
      guard end < text.count, let lineEnd = text[end...].firstIndex(of: 0x0A) else {
        return text.count
      }
      guard text[end..<lineEnd].contains(0) else { return end }
      defer { end = lineEnd + 1 }
      if wideFooter.match(text, at: end) != nil { return lineEnd + 1 }
    }
    return end
  }

  private func isPrintable(_ text: [UInt8]) -> Bool {
    var index = 0
    while index < text.count {
      if text[index] < 0x80 {
        guard isPlain(text[index]) else { return false }
        index += 1
        continue
      }
      let length =
        switch text[index] {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
      guard length > 0 else { return false }
      let rest = text[(index + 1)...].prefix(length - 1)
      guard rest.allSatisfy({ (0x80...0xBF).contains($0) }) else { return false }
      index += length
    }
    return true
  }

  // MARK: - UTF-16

  private func utf16(_ source: ReferenceView) -> ReferenceView? {
    let bytes = source.bytes
    guard let first = bytes.indices.first(where: { alternation.match(bytes, at: $0) != nil })
    else { return nil }
    var view = ReferenceView()
    for index in bytes.indices where index < first { view.copy(index, of: source) }
    for index in bytes.indices where index > first && (index - first) % 2 == 1 {
      view.append(bytes[index], of: source, index..<index + 1)
    }
    return source.isNew(first..<bytes.count) ? view : nil
  }

  // MARK: - Keys behind prefixes

  func isHeader(_ text: [UInt8], at index: Int, from start: Int) -> Bool {
    index > start && text[index - 1] != 0x0A && header.match(text, at: index) != nil
  }

  private func lines(_ source: ReferenceView) -> ReferenceView? {
    var view = ReferenceView()
    var isTelling = false
    var index = 0
    while index < source.bytes.count {
      guard isHeader(source.bytes, at: index, from: 0) else {
        view.copy(index, of: source)
        index += 1
        continue
      }
      isTelling = true
      let key = ReferenceKey(source.bytes, at: index, from: 0)
      for (number, line) in key.lines.enumerated() {
        for place in line { view.append(source.bytes[place], of: source, place..<place + 1) }
        guard number < key.lines.count - 1 || !key.isWhole else { continue }
        view.append(0x0A, of: source, line.upperBound..<line.upperBound)
      }
      index = key.lines.last?.upperBound ?? index + 5
    }
    return isTelling ? view : nil
  }
}
