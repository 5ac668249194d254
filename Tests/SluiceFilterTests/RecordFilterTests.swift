import Foundation
import SluiceFilter
import SluiceScan
import TestSupport
import Testing

extension RecordFormat: CustomTestStringConvertible {
  public var testDescription: String { rawValue }
}

@Suite("Record filter")
struct RecordFilterTests {
  private func masked(_ text: String, as format: RecordFormat) -> String {
    redactRecords(Array(text.utf8), as: format, rules: RecordSamples.rules).text
  }

  @Test(
    "G2: where the stream is cut never changes output, findings or confirmations",
    arguments: RecordFormat.allCases)
  func cuts(format: RecordFormat) {
    let text = RecordSamples.text(of: format)
    let whole = redactRecords(text, as: format, rules: RecordSamples.rules)
    #expect(!whole.findings.isEmpty)
    var pieces = (0...text.count).map { Pieces.split(at: $0) }
    pieces += [1, 2, 3, 7, 64].map { Pieces.each($0) }
    for pieces in pieces {
      let cut = redactRecords(text, as: format, rules: RecordSamples.rules, pieces: pieces)
      guard cut.output == whole.output, cut.findings == whole.findings,
        cut.confirmations == whole.confirmations
      else {
        Issue.record("\(pieces) changes what is written")
        return
      }
    }
  }

  @Test(
    "G3: no secret gets into output or findings, with any mask",
    arguments: RecordFormat.allCases, MaskStyle.allCases)
  func secrets(format: RecordFormat, style: MaskStyle) {
    let result = redactRecords(
      RecordSamples.text(of: format), as: format, rules: RecordSamples.rules, style: style)
    for text in [result.text, result.findings.joined()] {
      for secret in [
        "key_12345678", "key_87654321", "y_12345678", "abcdef1", "771234567890", "BEGIN\\nabc",
        "BEGIN\nabc", "\n5678 ", "678 end",
      ] {
        // The journal's names of fields are not changed.
        let found = text.replacing("KEY_key_12345678", with: "").contains(secret)
        #expect(!found, "\(secret) in \(format) with \(style)")
      }
    }
  }

  @Test(
    "G1: records without a secret pass byte for byte",
    arguments: [RecordFormat.jsonl, .omprog, .docker, .cri, .journald])
  func clean(format: RecordFormat) {
    var texts = [
      "", "\n", "\r\n\r\n", "a", "{\"a\":\"\\u00e9\\\\\"} \n[]\n", "{\"a\": 1 , \"b\":[ ] }\r\n",
      "{\"log\":\"a\",\"stream\":\"stdout\"}", "2027-01-31T10:00:00.1Z stdout F a\n",
      "MESSAGE=a\n\n", "\u{FEFF}{}\n", "{\"deep\":" + String(repeating: "[", count: 600) + "\n",
    ].map { Array($0.utf8) }
    texts.append([0xFF, 0xFE, 0, 0x0A, 0xC3] + Array("{\"a\":\"".utf8) + [0x80, 0x22, 0x7D])
    texts.append(Array("M\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0, 0xFF, 0x0A, 0x0A])
    texts.append(Array("half a field\n".utf8) + [9, 0, 0, 0, 0, 0, 0, 0, 0x61])
    texts.append(Array("half a length\n".utf8) + [9, 0])
    for text in texts {
      for pieces in [Pieces.whole, .each(1)] {
        let result = redactRecords(
          text, as: format, rules: RecordSamples.rules, pieces: pieces)
        #expect(result.output == text, "\(String(decoding: text, as: UTF8.self))")
      }
    }
  }

  @Test("G7: each record is written before the next is read", arguments: RecordFormat.allCases)
  func promptness(format: RecordFormat) {
    let lines = (0..<5).map { number in
      switch format {
      case .jsonl: "{\"n\":\(number)}\n"
      case .rsyslog: "{\"msg\":\"\(number)\"}\n"
      case .omprog: "line \(number)\n"
      case .docker: "{\"log\":\"\(number)\\n\",\"stream\":\"stdout\"}\n"
      case .cri: "2027-01-31T10:00:00.1Z stdout F \(number)\n"
      case .journald: "MESSAGE=\(number)\n"
      }
    }
    let text = Array(lines.joined().utf8)
    let result = redactRecords(
      text, as: format, rules: RecordSamples.rules, pieces: .lengths(lines.map(\.utf8.count)))
    #expect(result.writes.count == lines.count)
  }

  @Test(
    "G5: a record that is too long is filtered as text, and the next one as a record",
    arguments: RecordFormat.allCases, [1, 1000, 100_000])
  func overlong(format: RecordFormat, piece: Int) {
    let text = RecordSamples.overlong(format, filler: 2000)
    let result = redactRecords(
      text, as: format, rules: RecordSamples.rules, pieces: .each(piece), largestRecord: 8192)
    for secret in ["key_12345678", "key_87654321", "y_12345678", "8765", "4321", "zzz"] {
      #expect(!result.text.contains(secret), "\(secret)")
    }
    #expect(result.text.filter { $0 == "\n" }.count == text.filter { $0 == 0x0A }.count)
    #expect(result.findings.count >= (format == .rsyslog ? 1 : 3))
    if format != .rsyslog { #expect(result.text.contains("ipsum [REDACTED:long] end")) }
  }

  @Test(
    "G2: what is reported of a record that is too long does not depend on the cuts either",
    arguments: RecordFormat.allCases, [MaskStyle.label, .fill])
  func overlongCuts(format: RecordFormat, style: MaskStyle) {
    let texts = [
      RecordSamples.overlong(format, filler: 2000), RecordSamples.overlong(format, filler: 1),
    ]
    for text in texts {
      func result(_ pieces: Pieces) -> RecordRedaction {
        redactRecords(
          text, as: format, rules: RecordSamples.rules, pieces: pieces, style: style,
          largestRecord: 8192)
      }
      let whole = result(.whole)
      for pieces in [Pieces.each(1), .each(7), .each(1000), .each(4099), .split(at: 9000)] {
        let cut = result(pieces)
        #expect(cut.output == whole.output, "\(pieces)")
        #expect(cut.findings == whole.findings, "\(pieces)")
      }
    }
  }

  @Test("G2: a length that is none makes a field too long, and its findings say where they are")
  func garbageLength() throws {
    var text = Array("MESSAGE=a\nNAME\n".utf8) + [5, 0, 0, 0, 0, 0, 0, 0x61]
    text += Array("b23456\nMESSAGE\npassword=abcdef1234\n\n".utf8)
    let whole = redactRecords(text, as: .journald, rules: RecordSamples.rules, style: .fill)
    for size in [1, 2, 3, 5, 8, 13, 21, 34] {
      let cut = redactRecords(
        text, as: .journald, rules: RecordSamples.rules, pieces: .each(size), style: .fill)
      #expect(cut.output == whole.output)
      #expect(cut.findings == whole.findings)
    }
    let finding = try #require(whole.findings.first)
    // The field begins at byte 10, in the second line.
    #expect(finding.contains(#""line":2,"column":38,"start":47,"end":57,"#), "\(finding)")
  }

  // MARK: - Each format

  @Test(
    "jsonl masks within strings, and makes a string of a number",
    arguments: [
      (#"{"a":"key_12345678"}"#, #"{"a":"[REDACTED:key]"}"#),
      (#"{"a":"k\u0065y_12345678!"}"#, #"{"a":"[REDACTED:key]!"}"#),
      (#"{"a":"\"key_12345678\""}"#, #"{"a":"\"[REDACTED:key]\""}"#),
      (#"{"a":771234567890}"#, #"{"a":"[REDACTED:number]"}"#),
      (#"{"key_12345678":[771234567890,1]}"#, #"{"[REDACTED:key]":["[REDACTED:number]",1]}"#),
      (#"{"password":"abcdef1"}"#, #"{"password":"[REDACTED:word]"}"#),
      (#"{"a":"{\"password\":\"abcdef1\"}"}"#, #"{"a":"{\"password\":\"[REDACTED:word]\"}"}"#),
      (#"{"a":"x BEGIN\nabc\nEND y"}"#, #"{"a":"x [REDACTED:block] y"}"#),
      // Escapes before the first that the record's own scan decodes, behind it, and deeper than it
      // looks.
      (
        #"{"a":"x BEGIN\nabc\nEND y","b":"\u0041"}"#,
        #"{"a":"x [REDACTED:block] y","b":"\u0041"}"#
      ),
      (
        #"{"b":"\u0041","a":"x BEGIN\nabc\nEND y"}"#,
        #"{"b":"\u0041","a":"x [REDACTED:block] y"}"#
      ),
      (
        #"{"b":"\u0041\\u005cu005cu005cu0041","a":"x BEGIN\nabc\nEND y"}"#,
        #"{"b":"\u0041\\u005cu005cu005cu0041","a":"x [REDACTED:block] y"}"#
      ),
      (#"[1.5,{"a":"key_12345678"}]"#, #"[1.5,{"a":"[REDACTED:key]"}]"#),
      (#""key_12345678""#, #""[REDACTED:key]""#),
      (#"{"a":"\ud83d\udd11key_12345678\ud83d"}"#, #"{"a":"\ud83d\udd11[REDACTED:key]\ud83d"}"#),
    ])
  func json(record: String, expected: String) {
    #expect(masked(record + "\n", as: .jsonl) == expected + "\n")
  }

  @Test("jsonl leaves JSON with every mask", arguments: MaskStyle.allCases)
  func jsonStaysJSON(style: MaskStyle) throws {
    let lines = RecordSamples.jsonl.split(separator: "\n")
    let result = redactRecords(
      Array(RecordSamples.jsonl.utf8), as: .jsonl, rules: RecordSamples.rules, style: style)
    let masked = result.text.split(separator: "\n")
    try #require(masked.count == lines.count)
    for (line, mask) in zip(lines, masked) {
      guard let before = try? JSONSerialization.jsonObject(with: Data(line.utf8)) else { continue }
      let after = try JSONSerialization.jsonObject(with: Data(mask.utf8))
      #expect(type(of: before) == type(of: after))
    }
  }

  @Test("rsyslog gets one object a message, with the properties that change and no others")
  func rsyslog() throws {
    let answers = masked(RecordSamples.rsyslog, as: .rsyslog).split(separator: "\n")
    #expect(
      answers == [
        "{}",
        #"{"msg":" [REDACTED:key]","rawmsg":"<13>t [REDACTED:key]","$!":{"k":["[REDACTED:key]"],"n":1}}"#,
        #"{"msg":" block [REDACTED:block]","rawmsg":"<13>t block [REDACTED:block]"}"#,
        #"{"msg":"text with [REDACTED:key] and \"quotes\""}"#,
      ])
    for answer in answers {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(answer.utf8)) }
    }
  }

  @Test("G3: rsyslog's messages with an id get it back, so that no answer passes for another")
  func rsyslogIdentifier() {
    let text = #"""
      {"msg":"plain","$!":{"n":1,"sluice_id":"A-1"}}
      {"msg":"key_12345678","$!":{"sluice_id":"A-2"}}
      {"msg":"plain","$!":{"inner":{"sluice_id":"other"},"k":"key_87654321","sluice_id":"A-3"}}
      {"msg":"plain","$!":{"inner":{"sluice_id":"other"}}}
      {"msg":"plain","sluice_id":"other"}
      {"msg":"plain","$!":{"sluice_id":4}}

      """#
    #expect(
      masked(text, as: .rsyslog).split(separator: "\n") == [
        #"{"$!":{"sluice_filtered":"A-1"}}"#,
        #"{"msg":"[REDACTED:key]","$!":{"sluice_filtered":"A-2"}}"#,
        #"{"$!":{"sluice_filtered":"A-3","inner":{"sluice_id":"other"},"k":"[REDACTED:key]","sluice_id":"A-3"}}"#,
        "{}", "{}", "{}",
      ])
  }

  @Test("omprog is confirmed at the start and once a message")
  func omprog() {
    let result = redactRecords(
      RecordSamples.text(of: .omprog), as: .omprog, rules: RecordSamples.rules)
    #expect(result.confirmations == ["OK", "OK", "OK", "OK", "OK"])
    #expect(
      result.text == "one [REDACTED:key]\n\npassword=[REDACTED:word] \r\nkey_1234567\n")
  }

  @Test(
    "docker and CRI: a secret is found wherever a partial line cuts it",
    arguments: [RecordFormat.docker, .cri], 0...12)
  func partialLines(format: RecordFormat, cut: Int) {
    let secret = "key_12345678"
    let (first, second) = (String(secret.prefix(cut)), String(secret.dropFirst(cut)))
    func lines(_ first: String, _ second: String) -> String {
      format == .docker
        ? """
        {"log":"a \(first)","stream":"stdout"}
        {"log":"other\\n","stream":"stderr"}
        {"log":"\(second) b\\n","stream":"stdout"}

        """
        : """
        2027-01-31T10:00:00.12345Z stdout P a \(first)
        2027-01-31T10:00:00.12345Z stderr F other
        2027-01-31T10:00:00.12345Z stdout F \(second) b

        """
    }
    let mask = "[REDACTED:key]"
    #expect(
      masked(lines(first, second), as: format)
        == (cut == 0 ? lines("", mask) : lines(mask, "")))
  }

  @Test("docker: a block over several lines is masked, and every line stays one")
  func blocks() {
    let output = masked(RecordSamples.docker, as: .docker).split(separator: "\n")
    #expect(output.count == 10)
    #expect(output[4].hasPrefix(#"{"log":"[REDACTED:block]\n","#))
    #expect(output[5].hasPrefix(#"{"log":"\n","#))
    #expect(output[6].hasPrefix(#"{"log":"\n","#))
    #expect(output[6].hasSuffix(#""attrs":{"env":"password=[REDACTED:word]"}}"#))
    #expect(output[7].hasPrefix(#"{"log":"say \"password=[REDACTED:word]\"\r\n","#))
  }

  @Test("G5: one output that waits does not hold the other for ever")
  func boundedWait() {
    var text = #"{"log":"BEGIN\n","stream":"stdout"}"# + "\n"
    for number in 0..<2000 {
      text += #"{"log":"line \#(number)\n","stream":"stderr"}"# + "\n"
    }
    let result = redactRecords(
      Array(text.utf8), as: .docker, rules: RecordSamples.rules, pieces: .each(500),
      largestRecord: 8192)
    #expect(result.text == text)
    #expect(result.writes.count > 10)
    #expect(result.statistics.heldHighWater < 20_000)
  }

  @Test("journald: binary fields keep their form, with the length of what is in them")
  func journal() {
    let output = redactRecords(
      RecordSamples.journal, as: .journald, rules: RecordSamples.rules
    ).output
    var expected = Array("__CURSOR=s=1;i=2\nMESSAGE=plain\nPRIORITY=6\n\n".utf8)
    expected += Array(
      "MESSAGE=[REDACTED:key] x\nDB_PASSWORD=[REDACTED:word]\nKEY_key_12345678=1\n".utf8)
    expected += RecordSamples.field("MESSAGE", "first\n[REDACTED:key]\n[REDACTED:block]\n")
    expected += RecordSamples.field("EMPTY", "") + Array("\n".utf8)
    expected += Array("MESSAGE=last\n".utf8) + RecordSamples.field("TWO", "a\nb")
    expected += Array("\n".utf8)
    #expect(output == expected)
  }
}
