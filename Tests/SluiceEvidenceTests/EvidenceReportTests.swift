import Foundation
import SluiceAudit
import SluiceControls
@testable import SluiceEvidence
import Testing

@Suite("EvidenceReport")
struct EvidenceReportTests {
  @Test("counts what the entries of the period say, and nothing else")
  func counts() throws {
    var entries = SampleLog.entries()
    let inside = try #require(ReportPeriod(SampleLog.period))
    let report = try SampleLog.report(entries: entries)
    entries = entries.filter { inside.contains($0.time) }
    #expect(report.statistics.entries == entries.count)
    func count(_ operation: String) -> Int {
      entries.count { $0.operation == operation && $0.decision == .allow }
    }
    #expect(report.statistics[.accesses].total == count("secret.inject"))
    #expect(report.statistics[.denials].total == entries.count { $0.decision == .deny })
    #expect(report.statistics[.revocations].total == count("secret.revoke"))
    #expect(report.statistics[.leaks].total == count("incident.open"))
    #expect(report.statistics.renewals.total == count("secret.put"))
    for measure in Measure.allCases {
      let series = report.statistics[measure]
      #expect(series.buckets.reduce(0, +) == series.total, "\(measure)")
    }
    #expect(report.late.map(\.name) == ["acme/prod/db"])
    #expect(report.soonDue.map(\.name) == ["acme/prod/api"])
  }

  @Test("a leak ends with the revocation of its credential, and the time between is counted")
  func response() throws {
    var entries: [AuditEntry] = []
    func add(_ operation: String, _ object: String, after seconds: Int64, path: String? = nil) {
      let start = UTCTime(microseconds: 1_785_000_000_000_000)
      var entry = AuditEntry(
        sequence: UInt64(entries.count), time: start.advanced(bySeconds: seconds),
        actor: .init(.system, "sluice"), operation: operation, decision: .allow, request: "r",
        host: "h", process: 1)
      (entry.tenant, entry.object) = ("acme", object)
      entry.details["path"] = path
      entries.append(entry)
    }
    add("incident.open", "INC-1", after: 0, path: "p")
    add("incident.open", "INC-2", after: 5, path: "q")
    add("secret.revoke", "p", after: 30)
    add("incident.open", "INC-3", after: 40, path: "r")
    add("secret.revoke", "q", after: 95)
    let report = try SampleLog.report(entries: entries)
    #expect(report.statistics.responses == [30_000_000, 90_000_000])
    #expect(report.statistics.openLeaks == 1)
    // A secret that is not the vault's ends with its incident.
    add("incident.open", "INC-4", after: 100, path: "")
    add("incident.close", "INC-9", after: 105)
    add("incident.close", "INC-4", after: 110)
    let more = try SampleLog.report(entries: entries)
    #expect(more.statistics.responses == [30_000_000, 90_000_000, 10_000_000])
    #expect(more.statistics.openLeaks == 1)
    #expect(report.evidence(.leakResponse).value == "30 s")
    #expect(report.evidence(.leaks).state == .attention)
  }

  @Test("what somebody should look at is said", arguments: BuiltinControls.names)
  func exceptions(framework: String) throws {
    let text = try SampleLog.report(framework).exceptions.joined(separator: "\n")
    #expect(text.contains("acme/prod/db was due on"))
    #expect(text.contains("leaked and not revoked yet: "))
    #expect(text.contains("acme/prod/stuck was to be rotated, which failed"))
  }

  @Test("a page needs nothing from elsewhere, and takes no markup from the log")
  func page() throws {
    let html = HTMLReport(try SampleLog.report()).html
    for foreign in ["<script", "http://", "https://", "src=", "url(", "@import", "<link"] {
      #expect(!html.contains(foreign), "\(foreign)")
    }
    #expect(!html.contains("<prod/db>") && html.contains("&lt;prod/db&gt;&#39; &amp; friends"))
    #expect(html.contains("IA-5(7)") && html.contains("Not covered by this product"))
    let parser = XMLText.problem(
      in: html.replacing("<!DOCTYPE html>", with: ""))
    #expect(parser == nil, "\(parser ?? "")")
  }

  @Test("the lead comes first", arguments: BuiltinControls.all.map(\.id))
  func lead(framework: String) throws {
    let catalogue = try #require(BuiltinControls.framework(framework))
    #expect(catalogue.ordered.prefix(catalogue.lead.count).map(\.id) == catalogue.lead)
    #expect(catalogue.ordered.count == catalogue.controls.count)
  }

  @Test("FedRAMP takes what its baselines hold, at their levels")
  func fedramp() throws {
    let catalogue = try #require(BuiltinControls.framework("fedramp"))
    let nist = try #require(BuiltinControls.framework("nist800-53"))
    let embedded = try #require(catalogue.controls.first { $0.id == "IA-5(7)" })
    #expect(embedded.levels == ["moderate", "high"] && embedded.oscalID == "ia-5.7")
    #expect(catalogue.controls.allSatisfy { !$0.levels.isEmpty })
    #expect(nist.controls.contains { $0.id == "IA-9" })
    #expect(!catalogue.controls.contains { $0.id == "IA-9" })
    #expect(catalogue.lead == ["IA-5(7)", "IR-9", "SI-4(18)"])
  }

  @Test("JSON holds every control, measure and number of the page")
  func json() throws {
    let report = try SampleLog.report("hipaa")
    let text = report.json.canonicalText
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect((object["controls"] as? [Any])?.count == report.framework.controls.count)
    #expect((object["measures"] as? [String: Any])?.count == Measure.allCases.count)
    #expect((object["notCovered"] as? [Any])?.isEmpty == false)
  }

  @Test(
    "numbers and times are written for people",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1\u{2009}000"), (-1_234_567, "−1\u{2009}234\u{2009}567"),
    ])
  func numbers(number: Int, text: String) { #expect(Number.text(number) == text) }

  @Test(
    "policies in words become days",
    arguments: [("90d", 90), ("12 weeks", 84), ("monthly", 31), ("", nil), ("on leak", nil)])
  func policies(text: String, days: Int64?) {
    #expect(Inventory.Credential.days(of: text) == days)
  }
}

/// Whether a text is well-formed XML, by Foundation-free means: tags close in order.
enum XMLText {
  static func problem(in html: String) -> String? {
    let void: Set<String> = ["meta", "line"]
    var open: [String] = []
    var rest = html[...]
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else { return "a tag does not end" }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("!") { continue }
      if tag.hasPrefix("/") {
        guard open.popLast() == String(tag.dropFirst()) else {
          return "<\(tag)> closes another tag"
        }
      } else if !tag.hasSuffix("/") {
        let name = String(tag.prefix { !$0.isWhitespace })
        if !void.contains(name) { open.append(name) }
      }
    }
    return open.isEmpty ? nil : "<\(open.joined(separator: "> <"))> are open"
  }
}
