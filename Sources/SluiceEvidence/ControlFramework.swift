package import SluiceAudit

/// A catalogue of controls, and what of Sluice's record speaks to each.
///
/// Read from `Controls/`.
package struct ControlFramework: Sendable {
  package struct Source: Sendable, Hashable {
    package let id: String
    package let title: String
    package let note: String
  }

  package struct Control: Sendable, Hashable {
    package let id: String
    package let title: String
    package let group: String
    /// Where it applies: `low`, `moderate`, `high`; `required`, `addressable`.
    package let levels: [String]
    /// What it asks for, in our words.
    package let required: String
    package let measures: [Measure]
    /// What Sluice does for it.
    package let product: String
    /// What remains with the organisation.
    package let limits: String
    package let source: String

    /// As OSCAL writes it: `ia-5.7`; of a catalogue without OSCAL ids, made of the id.
    package var oscalID: String {
      var text = ""
      for scalar in id.lowercased().unicodeScalars {
        switch scalar {
        case "(", ".": text += "."
        case ")": break
        case "a"..."z", "0"..."9", "-": text.unicodeScalars.append(scalar)
        default: text += "-"
        }
      }
      let isName = text.unicodeScalars.first.map { ("a"..."z").contains($0) } ?? false
      return isName ? text : "c-" + text
    }
  }

  /// A control that nothing here speaks to.
  package struct Gap: Sendable, Hashable {
    package let id: String
    package let title: String
    package let reason: String
  }

  package let id: String
  package let title: String
  package let subtitle: String
  /// The controls that the record speaks to most directly, first.
  package let lead: [String]
  package let controls: [Control]
  package let gaps: [Gap]
  package let notes: [String]
  package let sources: [Source]

  /// Why data about controls cannot be used.
  package struct Problem: Error, Hashable {
    package let text: String
  }

  /// - Throws: `Problem`, naming the control.
  package init(_ json: JSONValue) throws(Problem) {
    func text(_ json: JSONValue, _ key: String, of name: String) throws(Problem) -> String {
      guard let text = json[key]?.text, !text.isEmpty else {
        throw Problem(text: "\(name) has no '\(key)'")
      }
      return text
    }
    func list(_ json: JSONValue, _ key: String) -> [JSONValue] { json[key]?.elements ?? [] }
    id = try text(json, "framework", of: "the file")
    title = try text(json, "title", of: id)
    subtitle = try text(json, "subtitle", of: id)
    lead = list(json, "lead").compactMap(\.text)
    notes = list(json, "notes").compactMap(\.text)
    var sources: [Source] = []
    for source in list(json, "sources") {
      sources.append(
        Source(
          id: try text(source, "id", of: "a source"),
          title: try text(source, "title", of: "a source"),
          note: try text(source, "note", of: "a source")))
    }
    var controls: [Control] = []
    for control in list(json, "controls") {
      let id = try text(control, "id", of: "a control")
      var measures: [Measure] = []
      for name in list(control, "measures").compactMap(\.text) {
        guard let measure = Measure(rawValue: name) else {
          throw Problem(text: "\(id) names the measure '\(name)', which there is not")
        }
        measures.append(measure)
      }
      guard !measures.isEmpty else { throw Problem(text: "\(id) names no measure") }
      let source = try text(control, "source", of: id)
      guard sources.contains(where: { $0.id == source }) else {
        throw Problem(text: "\(id) names the source '\(source)', which there is not")
      }
      controls.append(
        Control(
          id: id, title: try text(control, "title", of: id),
          group: try text(control, "group", of: id),
          levels: list(control, "levels").compactMap(\.text),
          required: try text(control, "required", of: id), measures: measures,
          product: try text(control, "product", of: id),
          limits: try text(control, "limits", of: id),
          source: source))
    }
    var gaps: [Gap] = []
    for gap in list(json, "notCovered") {
      gaps.append(
        Gap(
          id: try text(gap, "id", of: "a gap"), title: try text(gap, "title", of: "a gap"),
          reason: try text(gap, "reason", of: "a gap")))
    }
    self.sources = sources
    self.controls = controls
    self.gaps = gaps
    guard !controls.isEmpty, !gaps.isEmpty, !sources.isEmpty else {
      throw Problem(text: "\(id) needs controls, notCovered and sources")
    }
    guard Set(controls.map(\.id)).count == controls.count else {
      throw Problem(text: "\(id) has a control twice")
    }
    guard Set(controls.map(\.oscalID)).count == controls.count else {
      throw Problem(text: "two controls of \(id) have one OSCAL id")
    }
    for name in lead where !controls.contains(where: { $0.id == name }) {
      throw Problem(text: "\(id) leads with \(name), which is no control of it")
    }
    for gap in gaps where controls.contains(where: { $0.id == gap.id }) {
      throw Problem(text: "\(gap.id) is covered and not covered")
    }
  }

  /// The lead first, then the others as they stand in the catalogue.
  package var ordered: [Control] {
    let first = lead.compactMap { id in controls.first { $0.id == id } }
    return first + controls.filter { !lead.contains($0.id) }
  }
}
