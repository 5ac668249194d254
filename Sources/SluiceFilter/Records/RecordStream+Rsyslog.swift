internal import SluiceScan

extension RecordStream where Output: ~Copyable, Report: ~Copyable, Confirmation: ~Copyable {
  /// One JSON object with the properties that must change; `{}` if none does.
  ///
  /// With `interface.input="fulljson"` the message is an object with all properties, `msg` and
  /// `rawmsg` among them. Anything else is the text of the message alone.
  mutating func answerRsyslog(_ record: Span<UInt8>, at start: UInt64) throws(IOError) {
    let body = record.extracting(0..<record.bodyLength)
    let place = RecordPlace(start: start, line: line)
    scanRecord(body)
    guard json.read(body), json.member(named: "msg", in: body) != nil else {
      return try answerText(body, at: place)
    }
    scanStrings(of: body)
    edits.confine(to: json.tokens, of: body)
    writer.put("{")
    var isFirst = true
    for member in json.members where edits.touch(member.start..<member.end) {
      let name = json.tokens[member.key]
      if !isFirst { writer.put(",") }
      isFirst = false
      writer.put("\"")
      try writer.append(body.extracting(name.start..<name.end))
      writer.put("\":")
      try writer.put(body, member.start..<member.end, edits: edits, at: place)
    }
    writer.put("}\n")
  }

  private mutating func answerText(
    _ body: Span<UInt8>, at place: RecordPlace
  ) throws(IOError) {
    guard !edits.isEmpty else { return writer.put("{}\n") }
    writer.put("{\"msg\":\"")
    var index = 0
    for edit in edits.edits {
      putEscaped(body.extracting(index..<edit.start))
      writer.begin(edit, at: place)
      var mask: [UInt8] = []
      edit.appendMask(to: &mask)
      putEscaped(mask.span)
      writer.end(edit, at: place)
      index = edit.end
    }
    putEscaped(body.extracting(index...))
    writer.put("\"}\n")
  }

  private mutating func putEscaped(_ text: Span<UInt8>) {
    var escaped: [UInt8] = []
    FindingJSON.appendEscaped(text.indices.map { text[$0] }, to: &escaped)
    writer.put(escaped)
  }
}
