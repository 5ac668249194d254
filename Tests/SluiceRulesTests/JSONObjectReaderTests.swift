@testable import SluiceRules
import Testing

@Suite("JSON object reader")
struct JSONObjectReaderTests {
  /// The members of the outermost object; nil if the text is none.
  private func members(of text: String) -> [String]? {
    var reader = JSONObjectReader()
    var members: [String] = []
    for byte in text.utf8 {
      switch reader.feed(byte) {
      case .invalid: return nil
      case .none: break
      case .member:
        let value = reader.value.whole.map { String(decoding: $0, as: UTF8.self) } ?? "…"
        members.append("\(reader.kind) \(value)")
      }
    }
    return reader.isComplete ? members : nil
  }

  @Test(
    "shows the members of the outermost object",
    arguments: [
      ("{}", []), (" {\t} \r\n", []), (#"{"a":"b"}"#, ["string b"]),
      (#"{"a":1,"b":-2.5e+3,"c":true}"#, ["number 1", "number -2.5e+3", "literal true"]),
      (#"{"a":{"x":[1,{"y":"}"}]},"b":"\/\"é"}"#, ["nested ", "string /\"é"]),
      (#"{"a":[],"b":{},"c":null,"d":""}"#, ["nested ", "nested ", "literal null", "string "]),
    ])
  func objects(text: String, expected: [String]) { #expect(members(of: text) == expected) }

  @Test(
    "refuses what is no JSON object",
    arguments: [
      "", "[]", "1", "\"a\"", "{", "}", "{}}", "{}x", "{a:1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
      #"{"a":1 "b":2}"#, #"{"a":[1,]}"#, #"{"a":[1}"#, #"{"a":"\x"}"#, #"{"a":"\u12g4"}"#,
      #"{"a":tru}"#, #"{"a":1x}"#, "{\"a\":\"\n\"}", #"{"a":[1 2]}"#, #"{,}"#, #"{"a":1:2}"#,
      #"{"a":"#,
    ])
  func refusal(text: String) { #expect(members(of: text) == nil) }

  @Test("nests as deep as it can count, and no deeper")
  func depth() {
    func nested(_ depth: Int) -> String {
      #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    }
    #expect(members(of: nested(63)) == ["nested "])
    #expect(members(of: nested(64)) == nil)
  }

  @Test("keeps no value that is longer than it has room for")
  func longValues() {
    #expect(members(of: #"{"a":"\#(String(repeating: "x", count: 160))"}"#)?.first?.count == 167)
    #expect(members(of: #"{"a":"\#(String(repeating: "x", count: 161))"}"#) == ["string …"])
  }
}
