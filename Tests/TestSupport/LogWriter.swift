internal import SluiceRules

/// Fills in templates of log lines.
///
/// A template is a `Recipe` (`${hex:16}`, secrets between `«` and `»`) with more to choose from,
/// between `‹` and `›`: a number (`‹1-500›`), one of several texts (`‹GET|POST›`), a word of the
/// vocabulary (`‹agent›`), the time in a common form (`‹iso›`), or raw bytes (`‹bytes ff 00›`).
/// A template may hold several secrets; the rules are given in their order.
struct LogWriter {
  private(set) var marked = MarkedText()
  /// Draws everything that the next record needs.
  ///
  /// Set anew for each record, so that a change of
  /// one record leaves the others as they are.
  var random = SplitMix64(state: 0)
  var clock = LogClock()

  /// Where the values of secrets come from.
  enum Values {
    /// A new value for each secret.
    case fresh
    /// The same value for each secret of the same recipe: one leak that shows up again and again.
    case shared
  }

  /// Appends one record and its line end.
  mutating func append(_ template: String, rules: [String] = [], values: Values = .fresh) {
    var rules = rules[...]
    var pending = ""
    var rest = template[...]
    while let mark = rest.firstIndex(where: { $0 == "‹" || $0 == "«" }) {
      pending += rest[..<mark]
      let isSecret = rest[mark] == "«"
      guard let end = rest[mark...].firstIndex(of: isSecret ? "»" : "›") else {
        preconditionFailure("a template opens a mark that it does not close")
      }
      let body = rest[rest.index(after: mark)..<end]
      rest = rest[rest.index(after: end)...]
      if isSecret {
        flush(&pending)
        guard let rule = rules.popFirst() else { preconditionFailure("a secret has no rule") }
        let seed =
          values == .shared ? Recipe.seed(rule: rule, kind: "shared", index: 0) : random.next()
        marked.plant(follow(String(body), seed: seed), rule: rule)
      } else if body.hasPrefix("bytes ") {
        flush(&pending)
        marked.append(body.split(separator: " ").dropFirst().compactMap { UInt8($0, radix: 16) })
      } else {
        pending += value(of: body)
      }
    }
    pending += rest
    flush(&pending)
    precondition(rules.isEmpty, "a template has fewer secrets than rules")
    marked.endLine()
  }

  /// Appends an example of a rule as a record of its own.
  ///
  /// - Parameters:
  ///   - example: a recipe that marks its secret.
  ///   - rule: the rule's id.
  ///   - prefix: what stands before it, up to a blank.
  mutating func append(example: String, rule: String, after prefix: String) {
    append(prefix: prefix)
    let recipe = parse(example, seed: random.next())
    guard let secret = recipe.secret else { preconditionFailure("'\(rule)' marks no secret") }
    marked.append(recipe.text, secret: secret, rule: rule)
    marked.endLine()
  }

  /// Ends the text in the middle of a line.
  mutating func dropLineEnd() { marked.dropLineEnd() }

  /// A number in `range`; `SplitMix64` alone decides, so that every Swift version draws the same.
  mutating func number(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(random.next() % UInt64(range.count))
  }

  mutating func choose<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: number(in: 0...choices.count - 1))]
  }

  private mutating func append(prefix: String) {
    var text = ""
    var rest = prefix[...]
    while let mark = rest.firstIndex(of: "‹"), let end = rest[mark...].firstIndex(of: "›") {
      text += rest[..<mark] + value(of: rest[rest.index(after: mark)..<end])
      rest = rest[rest.index(after: end)...]
    }
    text += rest
    flush(&text)
  }

  private mutating func flush(_ pending: inout String) {
    marked.append(
      pending.contains("${") ? follow(pending, seed: random.next()) : Array(pending.utf8))
    pending.removeAll(keepingCapacity: true)
  }

  private func follow(_ recipe: String, seed: UInt64) -> [UInt8] { parse(recipe, seed: seed).text }

  private func parse(_ recipe: String, seed: UInt64) -> Recipe {
    do {
      return try Recipe(recipe, seed: seed)
    } catch {
      preconditionFailure("a template is no recipe: \(error)")
    }
  }

  private mutating func value(of token: Substring) -> String {
    if token.contains("|") {
      return String(choose(token.split(separator: "|", omittingEmptySubsequences: false)))
    }
    let bounds = token.split(separator: "-").compactMap { Int($0) }
    if bounds.count == 2 { return String(number(in: bounds[0]...bounds[1])) }
    if let time = clock.text(String(token)) { return time }
    guard let words = vocabulary[String(token)] else {
      preconditionFailure("no vocabulary is named '\(token)'")
    }
    return choose(words)
  }
}

/// The time of a log: a day in June, from 08:00 on.
struct LogClock {
  /// Since midnight.
  private var milliseconds = 8 * 3_600_000

  mutating func advance(byMilliseconds count: Int) { milliseconds += count }

  /// The time in the form called `form`, nil if there is none of that name.
  func text(_ form: String) -> String? {
    switch form {
    case "iso": "2025-06-03T\(clock).\(fraction)Z"
    case "log4j": "2025-06-03 \(clock),\(fraction)"
    case "clock": "\(clock).\(fraction)"
    case "syslog": "Jun  3 \(clock)"
    case "apache": "03/Jun/2025:\(clock) +0000"
    case "klog": "0603 \(clock).\(fraction)417"
    case "epoch": "\(1_748_908_800 + milliseconds / 1000).\(fraction)"
    case "http": "Tue, 03 Jun 2025 \(clock) GMT"
    default: nil
    }
  }

  private var fraction: String { padded(milliseconds % 1000, to: 3) }

  private var clock: String {
    let seconds = milliseconds / 1000
    return [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
      .map { padded($0, to: 2) }.joined(separator: ":")
  }

  private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// Words of an agent platform, none of which looks like a secret.
private let vocabulary: [String: [String]] = [
  "agent": [
    "triage-bot", "code-reviewer", "invoice-reader", "release-notes", "oncall-helper",
    "data-analyst", "support-de", "crawler-7",
  ],
  "tool": [
    "github.search_code", "github.create_issue", "fs.read_file", "shell.run", "sql.query",
    "browser.open", "slack.post_message", "jira.get_ticket", "http.get", "vector.search",
  ],
  "model": [
    "claude-sonnet-4-5", "claude-opus-4-1", "gpt-4.1-mini", "gemini-2.5-flash", "llama-3.3-70b",
    "mistral-large-2411",
  ],
  "host": [
    "gw-1.prod.acme.test", "gw-2.prod.acme.test", "worker-17", "worker-3", "db-main.internal",
    "ip-10-3-44-7",
  ],
  "ip": ["10.3.44.7", "10.3.44.19", "172.18.0.5", "192.0.2.44", "2001:db8::1f", "127.0.0.1"],
  "user": ["alice", "bob", "mallory", "svc-agents", "jürgen", "nakamura", "root", "deploy"],
  "logger": [
    "gateway.proxy", "agents.runner", "agents.memory", "mcp.session", "scheduler", "tools.shell",
    "billing.meter", "auth.oidc",
  ],
  "path": [
    "/srv/agents/runner/main.py", "/srv/agents/tools/shell.py", "/app/src/gateway/router.ts",
    "/var/lib/agents/cache/index.db", "/home/deploy/releases/42/config.yaml",
  ],
  "uuid": ["${hex:8}-${hex:4}-4${hex:3}-a${hex:3}-${hex:12}"],
  "message": [
    "conversation resumed", "tool call finished", "context window trimmed",
    "retrying after rate limit", "stream closed by client", "cache miss for prompt prefix",
    "embedding batch written", "plan step accepted", "guardrail passed",
    "budget check passed", "heartbeat", "worker picked up run",
  ],
  "prose": [
    "The token expired; sign in again to get a new one.",
    "I rotated the password yesterday, please ask Bob for the new secret.",
    "A bearer token is sent in the Authorization header of every request.",
    "To authenticate, pass your API key in the x-api-key header.",
    "Tokens are counted after normalisation, so 1 token is about 4 characters.",
    "Never paste a private key into a chat. The key fingerprint is enough.",
    "Grüße aus München – der Schlüssel liegt wie immer unter der Matte.",
    "パスワードを再設定してください。期限は今日までです。",
    "Le mot de passe doit contenir au moins douze caractères, s'il vous plaît.",
    "Set the secret in the vault and refer to it as vault://acme/github#current.",
    "Здравствуйте! Ваш пароль истекает через 7 дней.",
    "Which of these credentials does the deploy job use? See docs/credentials.md.",
    "All good 👍 the build is green, tests took 12 s.",
  ],
]
