internal import SluiceAudit
internal import SluiceCrypto

/// Pieces that OSCAL documents share.
enum OSCAL {
  static let version = "1.2.2"

  static func property(_ name: String, _ value: String) -> JSONValue {
    .object([
      .init("name", .string(name)), .init("ns", .string("urn:sluice:oscal")),
      .init("value", .string(value)),
    ])
  }

  static func metadata(title: String, made: UTCTime) -> JSONValue {
    .object([
      .init("title", .string(title)), .init("last-modified", .string(made.text)),
      .init("version", .string("1")), .init("oscal-version", .string(version)),
    ])
  }

  static func reviewed(_ controls: [String]) -> JSONValue {
    let ids = controls.map { JSONValue.object([.init("control-id", .string($0))]) }
    return .object([
      .init(
        "control-selections", .array([.object([.init("include-controls", .array(ids))])]))
    ])
  }

  /// What the document points at: the plan it belongs to, and the checkpoint that proves it.
  static func backMatter(plan: String, proof: String, _ checkpoint: SignedNote) -> JSONValue {
    .object([
      .init(
        "resources",
        .array([
          .object([
            .init("uuid", .string(plan)), .init("title", .string("Assessment plan")),
            .init(
              "description",
              .string("Stands for the plan of the assessment that this evidence is given to.")),
          ]),
          .object([
            .init("uuid", .string(proof)), .init("title", .string("Signed checkpoint of the log")),
            .init(
              "base64",
              .object([
                .init("filename", .string("checkpoint.note")),
                .init("media-type", .string("text/plain")),
                .init("value", .string(Base64.text(of: Array(checkpoint.formatted.utf8)))),
              ])),
          ]),
        ]))
    ])
  }
}
