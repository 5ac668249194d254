package import SluiceAudit

extension EvidenceReport {
  /// The report as OSCAL assessment results: observations only.
  ///
  /// Findings (`satisfied`, `not-satisfied`) are an assessor's word, and are left to them.
  package func oscal(uuids: UUIDText = UUIDText()) throws -> JSONValue {
    let (plan, proof) = (try uuids.make(), try uuids.make())
    let used = Measure.allCases.filter { measure in
      framework.controls.contains { $0.measures.contains(measure) }
    }
    let metadata = OSCAL.metadata(
      title: "\(framework.title): evidence from the audit log of \(verification.signers[0]), "
        + period.name, made: made)
    let result: [JSONValue.Member] = [
      .init("uuid", .string(try uuids.make())),
      .init("title", .string("Automated evidence, \(period.span)")),
      .init(
        "description",
        .string(
          "Counted from the \(statistics.entries) entries of the period, after the whole log was "
            + "verified against its signed root. \(generator).")),
      .init("start", .string(period.start.text)), .init("end", .string(period.end.text)),
      .init(
        "props",
        .array([
          OSCAL.property("log-size", String(verification.size)),
          OSCAL.property("log-root", rootText),
          OSCAL.property("first-entry", statistics.range.map { String($0.lowerBound) } ?? "none"),
          OSCAL.property("last-entry", statistics.range.map { String($0.upperBound) } ?? "none"),
        ])),
      .init("reviewed-controls", OSCAL.reviewed(framework.ordered.map(\.oscalID))),
      .init("observations", .array(try used.map { try observation($0, uuids, proof: proof) })),
    ]
    return .object([
      .init(
        "assessment-results",
        .object([
          .init("uuid", .string(try uuids.make())), .init("metadata", metadata),
          .init("import-ap", .object([.init("href", .string("#\(plan)"))])),
          .init("results", .array([.object(result)])),
          .init("back-matter", OSCAL.backMatter(plan: plan, proof: proof, checkpoint)),
        ]))
    ])
  }

  private func observation(
    _ measure: Measure, _ uuids: UUIDText, proof: String
  ) throws -> JSONValue {
    let evidence = evidence(measure)
    let controls = framework.ordered.filter { $0.measures.contains(measure) }
    return .object([
      .init("uuid", .string(try uuids.make())), .init("title", .string(measure.title)),
      .init("description", .string("\(evidence.value): \(evidence.detail)")),
      .init(
        "props",
        .array(
          [
            OSCAL.property("measure", measure.rawValue),
            OSCAL.property("state", evidence.state.rawValue),
          ] + controls.map { OSCAL.property("control-id", $0.oscalID) })),
      .init("methods", .array([.string(measure == .integrity ? "TEST" : "EXAMINE")])),
      .init("types", .array([.string("control-objective")])),
      .init("collected", .string(made.text)),
      .init(
        "relevant-evidence",
        .array([
          .object([
            .init("href", .string("#\(proof)")),
            .init("description", .string("The signed checkpoint that the entries are proved by")),
          ])
        ])),
    ])
  }
}
