internal import Foundation
package import SluiceFilter
internal import SluiceLibrary
package import SluiceScan

/// Answers the hooks of agent runtimes: what goes into a model or a tool, and what comes out of
/// it, holds no secret.
///
/// One JSON object comes in, at most one goes out. It understands Claude Code's `UserPromptSubmit`,
/// `PreToolUse` and `PostToolUse`, and any other object by what it holds. An answer names rules,
/// never values (G3).
package struct AgentHook {
  /// What happens to a text that holds a secret.
  package enum Choice: String, Sendable, CaseIterable {
    case block, mask
  }

  private let rules: CompiledRules
  private let choice: Choice
  private let options: Filter.Options

  package init(rules: CompiledRules, choice: Choice, options: Filter.Options) {
    self.rules = rules
    self.choice = choice
    self.options = options
  }

  /// - Parameter input: what the runtime wrote.
  /// - Returns: what it reads, without a line end; empty if there is nothing to say.
  /// - Throws: `AgentHookError`.
  package func answer(to input: [UInt8]) throws -> [UInt8] {
    // Line ends stand only between values: one line is one record.
    let line = input.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    guard let object = JSONObjectText(line) else { throw AgentHookError.noObject }
    switch object.string("hook_event_name") {
    case "UserPromptSubmit": return try promptAnswer(object)
    case "PreToolUse": return try inputAnswer(object)
    case "PostToolUse": return try outputAnswer(object)
    case .some: return []
    case nil: return try genericAnswer(line)
    }
  }

  /// The transcript to be masked now, if the event is the end of a session.
  package static func endedTranscript(in input: [UInt8]) -> String? {
    let line = input.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    guard let object = JSONObjectText(line), object.string("hook_event_name") == "SessionEnd"
    else { return nil }
    return object.string("transcript_path")
  }

  // MARK: - Claude Code

  /// A prompt cannot be changed by a hook, only refused; its masked form is shown to be sent
  /// instead.
  private func promptAnswer(_ object: JSONObjectText) throws -> [UInt8] {
    guard let prompt = object.value(of: "prompt") else { throw AgentHookError.missing("prompt") }
    let masked = mask(prompt)
    guard !masked.rules.isEmpty else { return [] }
    var reason = "The prompt holds \(masked.names). It was not sent."
    if choice == .mask, let text = masked.string { reason += " Without it:\n\n\(text)" }
    return Self.object([("decision", .text("block")), ("reason", .text(reason))])
  }

  private func inputAnswer(_ object: JSONObjectText) throws -> [UInt8] {
    guard let input = object.value(of: "tool_input") else {
      throw AgentHookError.missing("tool_input")
    }
    let masked = mask(input)
    guard !masked.rules.isEmpty else { return [] }
    var output: [(String, Value)] = [("hookEventName", .text("PreToolUse"))]
    switch choice {
    case .block:
      output += [
        ("permissionDecision", .text("deny")),
        (
          "permissionDecisionReason",
          .text(
            "The tool's input holds \(masked.names). Use a variable or a reference to the vault "
              + "instead of the value.")
        ),
      ]
    case .mask:
      // Not "allow": that would spare the user the question that the tool asks otherwise.
      output += [
        ("permissionDecision", .text("ask")),
        (
          "permissionDecisionReason",
          .text("The tool's input held \(masked.names), which is masked.")
        ),
        ("updatedInput", .json(masked.json)),
      ]
    }
    return Self.object([("hookSpecificOutput", .json(Self.object(output)))])
  }

  /// The tool has run: what it printed is replaced, so that the model does not see the secret.
  private func outputAnswer(_ object: JSONObjectText) throws -> [UInt8] {
    guard let response = object.value(of: "tool_response") else {
      throw AgentHookError.missing("tool_response")
    }
    let masked = mask(response)
    guard !masked.rules.isEmpty else { return [] }
    let reason = "The tool's output held \(masked.names), which is masked."
    var members: [(String, Value)] = []
    if choice == .block { members = [("decision", .text("block")), ("reason", .text(reason))] }
    let output: [(String, Value)] = [
      ("hookEventName", .text("PostToolUse")), ("additionalContext", .text(reason)),
      ("updatedToolOutput", .json(masked.json)),
    ]
    members.append(("hookSpecificOutput", .json(Self.object(output))))
    return Self.object(members)
  }

  // MARK: - Any other runtime

  private func genericAnswer(_ line: [UInt8]) throws -> [UInt8] {
    let masked = mask(line)
    guard !masked.rules.isEmpty else { return Self.object([("decision", .text("allow"))]) }
    var members: [(String, Value)] = [
      ("decision", .text(choice.rawValue)),
      ("reason", .text("It holds \(masked.names).")),
      ("rules", .json(Array((try? JSONEncoder().encode(masked.rules)) ?? Data("[]".utf8)))),
    ]
    if choice == .mask { members.append(("masked", .json(masked.json))) }
    return Self.object(members)
  }

  // MARK: - JSON

  private struct Masked {
    /// The value with its masks.
    let json: [UInt8]
    /// What was found, without repetition.
    let rules: [String]
    /// For people: `a secret (github-pat)`.
    var names: String {
      (rules.count == 1 ? "a secret (" : "secrets (") + rules.joined(separator: ", ") + ")"
    }

    var string: String? { try? JSONDecoder().decode(String.self, from: Data(json)) }
  }

  private struct Line: Decodable { let rule: String }

  private func mask(_ value: [UInt8]) -> Masked {
    let (output, findings) = redactedRecords(value, as: .jsonl, rules: rules, options: options)
    var found: [String] = []
    for line in findings.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)),
        !found.contains(line.rule)
      else { continue }
      found.append(line.rule)
    }
    return Masked(json: output, rules: found)
  }

  private enum Value {
    case text(String)
    case json([UInt8])
  }

  private static func object(_ members: [(String, Value)]) -> [UInt8] {
    let parts = members.map { name, value in
      let content: [UInt8]
      switch value {
      case .text(let text): content = Array((try? JSONEncoder().encode(text)) ?? Data("\"\"".utf8))
      case .json(let json): content = json
      }
      return Array("\"\(name)\":".utf8) + content
    }
    return Array("{".utf8) + Array(parts.joined(separator: [UInt8(ascii: ",")])) + Array("}".utf8)
  }
}
