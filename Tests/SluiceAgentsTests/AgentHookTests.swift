import Foundation
import SluiceAgents
import SluiceFilter
import SluiceRules
import SluiceScan
import Testing

/// Rules and secrets of the tests of this module.
enum Sample {
  static let secret = "key_12345678"

  static let rules: CompiledRules = {
    let yaml = "rules:\n  - id: acme-key\n    regex: 'key_[0-9]{8}'\n"
    do {
      let rules = try RuleFile(named: "samples", requiresDocumentation: false).rules(in: yaml)
      return try CompiledRules(
        RuleSet(rules.map { try PlannedRule($0) }), limits: ScanLimits(window: 4096))
    } catch {
      preconditionFailure("the rules of the tests do not compile: \(error)")
    }
  }()
}

@Suite("Agent hook")
struct AgentHookTests {
  private func answer(_ event: String, _ choice: AgentHook.Choice) throws -> [String: Any]? {
    let hook = AgentHook(rules: Sample.rules, choice: choice, options: Filter.Options())
    let answer = try hook.answer(to: Array(event.utf8))
    #expect(!String(decoding: answer, as: UTF8.self).contains(Sample.secret), "G3")
    guard !answer.isEmpty else { return nil }
    return try #require(
      JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any])
  }

  @Test("says nothing to what holds no secret", arguments: AgentHook.Choice.allCases)
  func clean(choice: AgentHook.Choice) throws {
    for event in [
      #"{"hook_event_name":"UserPromptSubmit","prompt":"hello"}"#,
      #"{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls"}}"#,
      #"{"hook_event_name":"PostToolUse","tool_input":{"a":"key_12345678"},"tool_response":{}}"#,
      #"{"hook_event_name":"Stop","last":"key_12345678"}"#,
    ] {
      #expect(try answer(event, choice) == nil, "\(event)")
    }
    let generic = try answer(#"{"text":"hello"}"#, choice)
    #expect(generic?["decision"] as? String == "allow")
  }

  @Test("a prompt with a secret is refused, with a reason that names the rule")
  func prompt() throws {
    let event = #"""
      {
        "hook_event_name": "UserPromptSubmit", "session_id": "1",
        "prompt": "use \"key_12345678\"\nplease"
      }
      """#
    for choice in AgentHook.Choice.allCases {
      let answer = try #require(try answer(event, choice))
      #expect(answer["decision"] as? String == "block")
      let reason = try #require(answer["reason"] as? String)
      #expect(reason.contains("acme-key"))
      #expect(
        reason.contains("use \"[REDACTED:acme-key]\"\nplease") == (choice == .mask), "\(reason)")
    }
  }

  @Test("a tool's input with a secret is denied, or asked about with masks")
  func toolInput() throws {
    let event = #"""
      {"hook_event_name":"PreToolUse","tool_name":"Bash",
       "tool_input":{"command":"curl -H 'X: k\u0065y_12345678'","timeout":1.50,"n":[null]}}
      """#
    let denied = try #require(try answer(event, .block)?["hookSpecificOutput"] as? [String: Any])
    #expect(denied["hookEventName"] as? String == "PreToolUse")
    #expect(denied["permissionDecision"] as? String == "deny")
    #expect((denied["permissionDecisionReason"] as? String)?.contains("acme-key") == true)
    #expect(denied["updatedInput"] == nil)
    let asked = try #require(try answer(event, .mask)?["hookSpecificOutput"] as? [String: Any])
    #expect(asked["permissionDecision"] as? String == "ask")
    let input = try #require(asked["updatedInput"] as? [String: Any])
    #expect(input["command"] as? String == "curl -H 'X: [REDACTED:acme-key]'")
    #expect(input["timeout"] as? Double == 1.5)
  }

  @Test("a tool's output is replaced by its masked form, of the same shape")
  func toolOutput() throws {
    let event = #"""
      {"hook_event_name":"PostToolUse","tool_name":"Bash","tool_input":{},
       "tool_response":{"stdout":"a=key_12345678","interrupted":false}}
      """#
    for choice in AgentHook.Choice.allCases {
      let answer = try #require(try answer(event, choice))
      #expect(answer["decision"] as? String == (choice == .block ? "block" : nil))
      let output = try #require(answer["hookSpecificOutput"] as? [String: Any])
      let updated = try #require(output["updatedToolOutput"] as? [String: Any])
      #expect(updated["stdout"] as? String == "a=[REDACTED:acme-key]")
      #expect(updated["interrupted"] as? Bool == false)
    }
  }

  @Test("any other object is answered with a decision, its rules and its masked form")
  func generic() throws {
    let event = #"{"text":"key_12345678 key_87654321","n":7}"#
    let blocked = try #require(try answer(event, .block))
    #expect(blocked["decision"] as? String == "block")
    #expect(blocked["rules"] as? [String] == ["acme-key"])
    #expect(blocked["masked"] == nil)
    let masked = try #require(try answer(event, .mask))
    #expect(masked["decision"] as? String == "mask")
    let object = try #require(masked["masked"] as? [String: Any])
    #expect(object["text"] as? String == "[REDACTED:acme-key] [REDACTED:acme-key]")
    #expect(object["n"] as? Int == 7)
  }

  @Test("what cannot be judged is an error, not an allowance")
  func errors() {
    let hook = AgentHook(rules: Sample.rules, choice: .block, options: Filter.Options())
    for event in ["", "[]", "{", "{\"hook_event_name\":\"UserPromptSubmit\"}", "key_12345678"] {
      #expect(throws: AgentHookError.self, "\(event)") {
        try hook.answer(to: Array(event.utf8))
      }
    }
  }

  @Test("the end of a session names its transcript")
  func sessionEnd() {
    let event = #"{"hook_event_name":"SessionEnd","transcript_path":"/a/b.jsonl","reason":"exit"}"#
    #expect(AgentHook.endedTranscript(in: Array(event.utf8)) == "/a/b.jsonl")
    #expect(AgentHook.endedTranscript(in: Array(#"{"transcript_path":"/a"}"#.utf8)) == nil)
  }
}
