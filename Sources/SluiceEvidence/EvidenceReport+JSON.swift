package import SluiceAudit

extension EvidenceReport {
  /// The whole report for programs.
  package var json: JSONValue {
    .object([
      .init("format", .string("sluice-evidence-report-v1")),
      .init("framework", .string(framework.id)), .init("title", .string(framework.title)),
      .init("subtitle", .string(framework.subtitle)),
      .init(
        "period",
        .object([
          .init("name", .string(period.name)), .init("start", .string(period.start.text)),
          .init("end", .string(period.end.text)), .init("complete", .bool(isComplete)),
          .init("daysPerBucket", .integer(period.daysPerBucket)),
        ])),
      .init("made", .string(made.text)), .init("generator", .string(generator)),
      .init("log", log), .init("measures", .object(measures)),
      .init("controls", .array(framework.ordered.map(json))),
      .init("exceptions", .array(exceptions.map(JSONValue.string))),
      .init(
        "notCovered",
        .array(
          framework.gaps.map {
            .object([
              .init("id", .string($0.id)), .init("title", .string($0.title)),
              .init("reason", .string($0.reason)),
            ])
          })),
      .init(
        "sources",
        .array(
          framework.sources.map {
            .object([
              .init("id", .string($0.id)), .init("title", .string($0.title)),
              .init("note", .string($0.note)),
            ])
          })),
    ])
  }

  private var log: JSONValue {
    var members: [JSONValue.Member] = [
      .init("size", .integer(verification.size)), .init("root", .string(rootText)),
      .init("signers", .array(verification.signers.map(JSONValue.string))),
      .init("checkpoint", .string(checkpoint.formatted)),
      .init("expired", .integer(verification.expired)),
      .init("unsigned", .integer(verification.unsigned)),
      .init("entries", .integer(statistics.entries)),
    ]
    if let range = statistics.range {
      members += [
        .init("first", .integer(range.lowerBound)), .init("last", .integer(range.upperBound)),
      ]
    }
    return .object(members)
  }

  private var measures: [JSONValue.Member] {
    Measure.allCases.map { measure in
      let evidence = evidence(measure)
      var members: [JSONValue.Member] = [
        .init("title", .string(measure.title)), .init("state", .string(evidence.state.rawValue)),
        .init("value", .string(evidence.value)), .init("detail", .string(evidence.detail)),
      ]
      if let series = evidence.series {
        members += [
          .init("total", .integer(series.total)),
          .init("series", .array(series.buckets.map { .integer($0) })),
        ]
      }
      return .init(measure.rawValue, .object(members))
    }
  }

  private func json(_ control: ControlFramework.Control) -> JSONValue {
    .object([
      .init("id", .string(control.id)), .init("title", .string(control.title)),
      .init("group", .string(control.group)),
      .init("levels", .array(control.levels.map(JSONValue.string))),
      .init("state", .string(state(control).rawValue)),
      .init("required", .string(control.required)),
      .init("measures", .array(control.measures.map { .string($0.rawValue) })),
      .init("product", .string(control.product)), .init("limits", .string(control.limits)),
      .init("source", .string(control.source)),
    ])
  }
}
