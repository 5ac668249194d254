/// Where alerts go.
package enum AlertDestination: Sendable, Hashable {
  /// What a webhook is sent.
  package enum Body: String, Sendable, CaseIterable {
    /// The alert as JSON.
    case json
    /// A text as Slack, Mattermost and others take it.
    case slack
  }

  case webhook(url: String, body: Body)
  /// A local socket of the system's log.
  case syslog(socket: String)
  /// A program that reads the alert as JSON from its standard input.
  case command([String])
}

/// Which alerts go where, and how often.
package struct AlertPlan: Sendable, Hashable {
  package var destinations: [AlertDestination]
  /// A directory in which alerts wait until they were delivered.
  package var queue: String
  package var repeatAfter: Duration = .seconds(3600)
  package var perMinute = 30
  package var mostWaiting = 10_000
  /// Older alerts are given up.
  package var giveUpAfter: Duration = .seconds(24 * 3600)

  package init(destinations: [AlertDestination], queue: String) {
    self.destinations = destinations
    self.queue = queue
  }
}
