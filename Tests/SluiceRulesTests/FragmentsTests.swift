import SluiceRegex
import SluiceRules
import Testing

@Suite("Fragments")
struct FragmentsTests {
  @Test(
    "leaves an expression without fragments as it is",
    arguments: ["", "acme_[0-9]{8}", "a{2}", "a{{2}", "{{", "}}", "a}}b{{", "{{ .Values.x }}"])
  func plain(expression: String) {
    #expect(Fragments.expanded(expression) == expression)
  }

  @Test("every fragment compiles, alone and with others around it")
  func compiles() throws {
    for expression in [
      "key{{assigned}}[0-9]{8}", "key{{assign}}{{value:8}}", "key{{assign}}{{phrase:6}}",
      "http{{uri-password:0}}", "a{{assign}}b{{assigned}}c", "k{{suffix}}{{header}}x{{quote}}",
      "a{{slash}}{{base64:20}}{{base64:20,40}}{{padding}}", "k{{base64:8,4000}}", "k{{base64:8,}}",
      "x{{key}}1",
    ] {
      let expanded = Fragments.expanded(expression)
      #expect(!expanded.contains("{{"), "\(expression)")
      #expect(throws: Never.self) { try Pattern(expanded, start: .anchored) }
      #expect(Fragments.unknownNames(in: expression).isEmpty)
    }
  }

  @Test(
    "names what looks like a fragment and is none",
    arguments: [
      ("{{nope}}", ["nope"]), ("{{value}}", ["value"]), ("{{value:x}}", ["value:x"]),
      ("{{assign:3}}", ["assign:3"]), ("{{base64:x}}", ["base64:x"]),
      ("{{assign}}{{a}}{{b-c}}", ["a", "b-c"]),
      ("{{ not a name }}", []), ("[{]{2}x[}]{2}", []),
    ])
  func unknown(expression: String, names: [String]) {
    #expect(Fragments.unknownNames(in: expression) == names)
  }

  @Test(
    "finds the value of a key however it is written",
    arguments: [
      "key=«abc12345»", "key: «abc12345»", "key = «abc12345» # c", "key:=«abc12345»",
      "key => «abc12345»", "key=\"«abc12345»\"", "key='«abc12345»'", "{\"key\":\"«abc12345»\"}",
      "{\\\"key\\\":\\\"«abc12345»\\\"}", "{\\\\\\\"key\\\\\\\":\\\\\\\"«abc12345»\\\\\\\"}",
      "key=«abc12345»&x=1", "key=«abc12345»;x", "config[\"key\"] = \"«abc12345»\"",
      "key: String = \"«abc12345»\"", "{\"name\":\"key\",\"value\":\"«abc12345»\"}",
      "key=&quot;«abc12345»&quot;", "key=«abc12345»\\nnext", "key\t:\t«abc12345»",
      "\u{1B}[36mkey\u{1B}[0m=«abc12345»\u{1B}[0m", "\\u001b[36mkey\\u001b[0m=«abc12345»\\u001b[0m",
      "set(\"key\", \"«abc12345»\")", "f(user='a', key='«abc12345»')", "setKey(\"«abc12345»\")",
      "os.environ[\"key\"] = \"«abc12345»\"", "os.getenv('key', '«abc12345»')",
      "a%3Dkey%3D«abc12345»%26b%3D1", "%22key%22%3A%20%22«abc12345»%22", "<key>«abc12345»</key>",
      "<add name=\"key\" value=\"«abc12345»\"/>", "<p name=\"key\">«abc12345»</p>",
      "{\\u0022key\\u0022:\\u0022«abc12345»\\u0022}", "key：«abc12345»", "KEY '«abc12345»'",
      "key = b'«abc12345»'", "key: &'static str = \"«abc12345»\"", "key := []byte(\"«abc12345»\")",
      "k['key'] || '«abc12345»'", "var key string = \"«abc12345»\"", "| key | «abc12345» |",
    ])
  func value(marked: String) throws {
    let recipe = try Recipe(marked, seed: 0)
    let rule = try PlannedRule(makeRule("a", "(?i)key{{assign}}{{value:8}}"))
    var matcher = ReferenceMatcher(
      rule, expressions: try ReferenceMatcher.Expressions(of: rule.rule), longestAttempt: 4096)
    #expect(matcher.secrets(in: recipe.text.span) == [try #require(recipe.secret)])
  }
}
