internal import SluiceScan

extension RecordStream where Output: ~Copyable, Report: ~Copyable, Confirmation: ~Copyable {
  /// One JSON object with the properties that must change; `{}` if none does.
  ///
  /// With `interface.input="fulljson"` the message is an object with all properties, `msg` and
  /// `rawmsg` among them. Anything else is the text of the message alone.
  ///
  /// A message with a `$!sluice_id` gets that back as `$!sluice_filtered`: when rsyslog stops, it
  /// gives up waiting for an answer, passes that message on as it is and takes the answer for the
  /// next message's.
  mutating func answerRsyslog(_ record: Span<UInt8>, at start: UInt64) throws(IOError) {
    let body = record.extracting(0..<record.bodyLength)
    let place = RecordPlace(start: start, line: line)
    scanRecord(body)
    guard json.read(body), json.member(named: "msg", in: body) != nil else {
      return try answerText(body, at: place)
    }
    scanStrings(of: body)
    edits.confine(to: json.tokens, of: body)
    let variables = json.member(named: "$!", in: body)
    var identifier = variables.flatMap { messageIdentifier(within: $0, of: body) }
    writer.put("{")
    var isFirst = true
    for member in json.members where edits.touch(member.start..<member.end) {
      let name = json.tokens[member.key]
      if !isFirst { writer.put(",") }
      isFirst = false
      writer.put("\"")
      try writer.append(body.extracting(name.start..<name.end))
      writer.put("\":")
      var start = member.start
      if member.key == variables?.key, let token = identifier.take() {
        while body[start] != UInt8(ascii: "{") { start += 1 }
        start += 1
        writer.put("{\"sluice_filtered\":\"")
        try writer.append(body.extracting(token.start..<token.end))
        writer.put("\",")
      }
      try writer.put(body, start..<member.end, edits: edits, at: place)
    }
    if let identifier {
      if !isFirst { writer.put(",") }
      writer.put("\"$!\":{\"sluice_filtered\":\"")
      try writer.append(body.extracting(identifier.start..<identifier.end))
      writer.put("\"}")
    }
    writer.put("}\n")
  }

  /// The text of `sluice_id` among the message's variables, unless a secret was found in it.
  private func messageIdentifier(within variables: JSONMember, of body: Span<UInt8>) -> JSONToken? {
    var index = variables.key + 1
    while index + 1 < json.tokens.count, json.tokens[index].start < variables.end {
      let (name, value) = (json.tokens[index], json.tokens[index + 1])
      if name.kind == .key, name.depth == 2, value.kind == .string, value.depth == 2,
        JSONReader.equals(name, "sluice_id", in: body)
      {
        return edits.touch(value.start..<value.end) ? nil : value
      }
      index += 1
    }
    return nil
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
