internal import Foundation
internal import SluiceAlerts
internal import Yams

/// The part of the settings that says who is told about findings.
enum AlertSettings {
  /// - Parameters:
  ///   - node: the value of `alerts`.
  ///   - file: what messages call the settings; paths in them are relative to it.
  /// - Returns: what is to be done.
  /// - Throws: `SettingsError`.
  static func plan(_ node: Node, in file: String) throws(SettingsError) -> AlertPlan {
    let fields = try SettingsFields(
      node, file: file, name: "'alerts'", known: ["to", "queue", "perMinute", "repeatAfter"])
    guard let list = fields.node("to")?.sequence, !list.isEmpty else {
      throw fields.error("'alerts' says not where to", at: node, "give a list: 'to:'")
    }
    var destinations: [AlertDestination] = []
    for node in list { destinations.append(try destination(node, in: file)) }
    var plan = AlertPlan(
      destinations: destinations,
      queue: try fields.text("queue").map { path($0, in: file) }
        ?? usualQueue())
    if let text = try fields.text("perMinute") {
      guard let number = Int(text), (1...100_000).contains(number) else {
        throw fields.error("'perMinute' must be a number from 1 on", at: fields.node("perMinute"))
      }
      plan.perMinute = number
    }
    if let text = try fields.text("repeatAfter") {
      guard let duration = duration(text) else {
        throw fields.error(
          "'repeatAfter' must be a duration", at: fields.node("repeatAfter"), "write 30s, 15m or 2h"
        )
      }
      plan.repeatAfter = duration
    }
    return plan
  }

  private static func destination(
    _ node: Node, in file: String
  ) throws(SettingsError) -> AlertDestination {
    let fields = try SettingsFields(
      node, file: file, name: "an entry of 'alerts.to'",
      known: ["webhook", "webhookFile", "body", "syslog", "command"])
    let kinds = ["webhook", "webhookFile", "syslog", "command"].filter { fields.node($0) != nil }
    guard kinds.count == 1 else {
      throw fields.error(
        "an entry of 'alerts.to' must have one of: webhook, webhookFile, syslog, command", at: node)
    }
    let body: AlertDestination.Body = try fields.choice("body") ?? .json
    switch kinds[0] {
    case "webhook":
      return .webhook(url: try url(fields.requiredText("webhook"), fields), body: body)
    case "webhookFile":
      // The URL of a webhook is a secret: it may stand in a file of its own.
      let name = path(try fields.requiredText("webhookFile"), in: file)
      guard let text = try? String(contentsOfFile: name, encoding: .utf8) else {
        throw fields.error("'webhookFile' cannot be read", at: fields.node("webhookFile"))
      }
      return .webhook(
        url: try url(text.trimmingCharacters(in: .whitespacesAndNewlines), fields), body: body)
    case "syslog": return .syslog(socket: try fields.requiredText("syslog"))
    default: return .command(try fields.texts("command").map(\.text))
    }
  }

  private static func url(
    _ text: String, _ fields: SettingsFields
  ) throws(SettingsError) -> String {
    guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host != nil
    else { throw fields.error("the webhook is no http or https URL", at: fields.node) }
    return text
  }

  private static func path(_ name: String, in file: String) -> String {
    guard !name.hasPrefix("/") else { return name }
    return URL(filePath: file).deletingLastPathComponent().appending(path: name).path
  }

  private static func usualQueue() -> String {
    let state =
      Environment.value(of: "XDG_STATE_HOME")
      ?? (Environment.value(of: "HOME") ?? "/var/lib") + "/.local/state"
    return state + "/sluice/alerts"
  }

  private static func duration(_ text: String) -> Duration? {
    guard let unit = text.last, let number = Int(text.dropLast()), number > 0 else { return nil }
    switch unit {
    case "s": return .seconds(number)
    case "m": return .seconds(60 * number)
    case "h": return .seconds(3600 * number)
    case "d": return .seconds(86_400 * number)
    default: return nil
    }
  }
}
