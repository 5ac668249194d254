import Foundation
import SluiceAudit
import SluiceControls
import SluiceCrypto
@testable import SluiceEvidence
import Testing

/// What the OSCAL assessment results model requires (NIST OSCAL 1.2.2, JSON format reference).
@Suite("OSCAL")
struct OSCALTests {
  /// Members that a document must have, by the place they stand in.
  private static let required: [(place: String, members: [String])] = [
    ("", ["uuid", "metadata", "import-ap", "results"]),
    ("metadata", ["title", "last-modified", "version", "oscal-version"]),
    ("import-ap", ["href"]),
    ("results", ["uuid", "title", "description", "start", "reviewed-controls"]),
    ("results.reviewed-controls", ["control-selections"]),
    ("results.observations", ["uuid", "description", "methods", "collected"]),
    ("results.observations.relevant-evidence", ["description"]),
    ("results.assessment-log", ["entries"]), ("results.assessment-log.entries", ["uuid", "start"]),
    ("back-matter.resources", ["uuid"]),
    ("back-matter.resources.base64", ["value"]),
    ("results.props", ["name", "value"]), ("results.observations.props", ["name", "value"]),
  ]

  /// Every object at a place, through lists.
  private func objects(_ value: Any, at place: Substring) -> [[String: Any]] {
    if let list = value as? [Any] { return list.flatMap { objects($0, at: place) } }
    guard let object = value as? [String: Any] else { return [] }
    guard !place.isEmpty else { return [object] }
    let name = place.prefix { $0 != "." }
    guard let next = object[String(name)] else { return [] }
    return objects(next, at: place.dropFirst(name.count).drop { $0 == "." })
  }

  private func problems(in text: String) throws -> [String] {
    let whole = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let results = try #require(whole["assessment-results"])
    var problems: [String] = []
    for (place, members) in Self.required {
      for object in objects(results, at: place[...]) {
        for member in members where object[member] == nil {
          problems.append("\(place) lacks \(member)")
        }
        for (name, value) in object {
          if name == "uuid", let text = value as? String, !Self.isUUID(text) {
            problems.append("\(place).uuid is none: \(text)")
          }
          let times = ["start", "end", "collected", "last-modified"]
          if times.contains(name), let text = value as? String, UTCTime(text) == nil {
            problems.append("\(place).\(name) is no time: \(text)")
          }
          // The model has no empty lists and no empty texts.
          if (value as? [Any])?.isEmpty == true || (value as? String)?.isEmpty == true {
            problems.append("\(place).\(name) is empty")
          }
        }
      }
    }
    for control in objects(
      results, at: "results.reviewed-controls.control-selections.include-controls")
    where !Self.isToken(control["control-id"] as? String ?? "") {
      problems.append("a control id is no token: \(control)")
    }
    let known = Set(
      objects(results, at: "back-matter.resources").compactMap { $0["uuid"] as? String })
    for link in objects(results, at: "results.observations.relevant-evidence")
      + objects(results, at: "import-ap")
    {
      let target = (link["href"] as? String)?.dropFirst() ?? ""
      if !known.contains(String(target)) { problems.append("\(link) leads nowhere") }
    }
    return problems
  }

  private static func isUUID(_ text: String) -> Bool {
    text.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
      != nil
  }

  private static func isToken(_ text: String) -> Bool {
    text.wholeMatch(of: /[a-z_][a-z0-9._-]*/) != nil
  }

  @Test("a report has what the model requires", arguments: BuiltinControls.names)
  func report(framework: String) throws {
    let report = try SampleLog.report(framework)
    #expect(try problems(in: report.oscal().canonicalText) == [])
    // Whether a control is satisfied is for an assessor to say.
    #expect(try !report.oscal().canonicalText.contains("\"findings\""))
  }

  @Test("an export has what the model requires, with entries and without", arguments: [0, 1, 3])
  func export(count: Int) throws {
    let entries = SampleLog.entries(count: count)
    let key = try SigningKey.random()
    let note = try Checkpoint(
      origin: "sluice.example/audit", size: UInt64(count), root: MerkleTree().root
    ).signed(by: key)
    let document = try OSCALLogDocument(
      title: "t", checkpoint: note, made: UTCTime(microseconds: 1_790_900_000_000_000))
    var text = document.head
    for (index, entry) in entries.enumerated() {
      text += document.separator(isFirst: index == 0) + document.line(entry)
    }
    text += document.tail(isEmpty: entries.isEmpty)
    #expect(try problems(in: text) == [])
    for entry in entries { #expect(text.contains("\\\"request\\\":\\\"\(entry.request)\\\"")) }
  }

  @Test("identifiers are of version 4 and differ")
  func identifiers() throws {
    let uuids = UUIDText()
    let made = try (0..<200).map { _ in try uuids.make() }
    #expect(Set(made).count == 200 && made.allSatisfy(Self.isUUID))
  }
}
