/// What the records of a stream look like, and what is answered to them.
package enum RecordFormat: String, Sendable, CaseIterable {
  /// A JSON value a line: every string is filtered, the structure stays; other lines as text.
  case jsonl
  /// rsyslog's `mmexternal`: a message a line, answered by one JSON object a line.
  case rsyslog
  /// rsyslog's `omprog` with `confirmMessages="on"`: written first, then confirmed.
  case omprog
  /// Files of Docker's `json-file` driver: partial lines are joined to be scanned.
  case docker
  /// Container logs of the kubelet: partial lines are joined to be scanned.
  case cri
  /// The export format of the journal: fields, some of them binary, in entries.
  case journald
}
