@testable import SluiceAudit
import Testing

@Suite("JSONValue")
struct JSONValueTests {
  /// RFC 8785, appendix B: the bits of a number, and its text.
  static let numbers: [(UInt64, String)] = [
    (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
    (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
    (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
    (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
    (0x4340_0000_0000_0000, "9007199254740992"), (0xc340_0000_0000_0000, "-9007199254740992"),
    (0x4430_0000_0000_0000, "295147905179352830000"),
    (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
    (0x44b5_2d02_c7e1_4af6, "1e+23"), (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
    (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
    (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
    (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
    (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
    (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
    (0x41b3_de43_5555_5557, "333333333.33333343"),
    (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
  ]

  @Test("writes numbers as RFC 8785 says", arguments: numbers)
  func number(bits: UInt64, text: String) throws {
    let number = Double(bitPattern: bits)
    #expect(JSONValue.text(of: number) == text)
    guard case .number(let read) = try JSONValue(parsing: Array(text.utf8)) else {
      Issue.record("no number")
      return
    }
    #expect(read == number)
  }

  @Test("writes the example of RFC 8785 §3.2.2 to §3.2.4")
  func example() throws {
    let input = #"""
      {
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
      }
      """#
    let expected =
      #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
      + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
    #expect(try JSONValue(parsing: Array(input.utf8)).canonicalText == expected)
  }

  @Test("sorts names by their UTF-16 code units, as the example of RFC 8785 §3.2.3")
  func sorting() throws {
    let input = #"""
      {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
       "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",
       "\u00f6":"Latin Small Letter O With Diaeresis"}
      """#
    let members = try #require(try JSONValue(parsing: Array(input.utf8)).members)
    let canonical = JSONValue.object(members).canonicalBytes
    let values = try #require(try JSONValue(parsing: canonical).members).map(\.value.text)
    #expect(
      values == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
        "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
      ])
  }

  @Test("two spellings of a letter are two names")
  func normalisation() throws {
    let value = try JSONValue(parsing: Array(#"{"\u00e9":1,"e\u0301":2}"#.utf8))
    #expect(value["\u{E9}"]?.count == 1)
    #expect(value["e\u{301}"]?.count == 2)
  }

  @Test(
    "refuses what is no JSON, or would not come back as it was",
    arguments: [
      "", " ", "{", "[1,", "[1,]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "01", "-", "1.", ".5", "1e",
      "+1", "1e400", "nul", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
      "\"\\udc00\"", "\"\n\"", "{\"a\":1,\"a\":2}", "1 2", "NaN", "'a'", "\"\\u+123\"",
    ])
  func refused(text: String) {
    #expect(throws: JSONError.self) { _ = try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test("refuses invalid UTF-8 and nesting without end")
  func hostile() {
    #expect(throws: JSONError.self) { _ = try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(throws: JSONError.self) { _ = try JSONValue(parsing: deep) }
  }
}
