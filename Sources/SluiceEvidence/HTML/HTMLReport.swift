internal import SluiceAudit

/// The report as one page that needs nothing else: no script, no file, no network.
package struct HTMLReport {
  private let report: EvidenceReport

  package init(_ report: EvidenceReport) { self.report = report }

  package var html: String {
    let title = Markup.escaped("\(report.framework.title), \(report.period.name)")
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="color-scheme" content="light dark">
      <title>\(title): evidence from the audit log</title>
      <style>\(PageStyle.css)</style></head>
      <body><main>
      \(top)
      \(seal)
      \(tiles)
      \(exceptions)
      \(charts)
      \(controls)
      \(gaps)
      \(activity)
      \(verification)
      \(sources)
      <footer>Evidence for controls that an organisation operates, not a statement that they are \
      met: that is for an assessor to say. Made \(Markup.escaped(report.made.text)) by \
      \(Markup.escaped(report.generator)).</footer>
      </main></body></html>

      """
  }

  private var top: String {
    """
    <header class="top"><div class="brand">Sluice · evidence report</div>
    <h1>\(Markup.escaped(report.framework.title))</h1>
    <p class="sub">\(Markup.escaped(report.framework.subtitle)) · \
    \(Markup.escaped(report.period.span))\(report.isComplete ? "" : " · not yet over")</p></header>
    <nav><a href="#exceptions">Exceptions</a><a href="#time">Over time</a>\
    <a href="#controls">Controls</a><a href="#gaps">Not covered</a>\
    <a href="#activity">Activity</a><a href="#verify">Check it yourself</a></nav>
    """
  }

  private var seal: String {
    let range = report.statistics.range.map {
      "\($0.lowerBound) to \($0.upperBound), \(Number.text(report.statistics.entries)) in all, "
        + "without a gap"
    }
    return """
      <dl class="seal"><strong>The log was verified before it was counted</strong>
      <dt>Log</dt><dd class="mono">\(Markup.escaped(report.verification.signers.joined(separator: ", ")))</dd>
      <dt>Entries of the period</dt><dd>\(range ?? "none")</dd>
      <dt>Signed for</dt><dd>\(Number.text(Int(report.verification.size))) entries</dd>
      <dt>Root</dt><dd class="mono">\(report.rootText)</dd></dl>
      """
  }

  private var tiles: String {
    let shown: [Measure] = [
      .accesses, .denials, .rotations, .revocations, .leaks, .leakResponse, .checkpoints, .reviews,
    ]
    return "<div class=\"tiles\">"
      + shown.map { measure in
        let evidence = report.evidence(measure)
        let style = evidence.state == .attention ? "tile attention" : "tile"
        return "<div class=\"\(style)\"><b>\(Markup.escaped(evidence.value))</b>"
          + "<span>\(Markup.escaped(measure.title))</span></div>"
      }.joined() + "</div>"
  }

  private var exceptions: String {
    let found = report.exceptions
    let list =
      found.isEmpty
      ? "<div class=\"box\"><p>None.</p></div>"
      : "<div class=\"box warn\"><ul>"
        + found.map { "<li>\(Markup.escaped($0))</li>" }.joined() + "</ul></div>"
    let reasons = report.statistics.denialReasons
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8)
    let denials =
      reasons.isEmpty
      ? ""
      : "<h3 style=\"margin:22px 0 8px\">Why requests were denied</h3><div class=\"box\">"
        + "<table class=\"plain\"><tr><th>Reason</th><th class=\"number\">Requests</th></tr>"
        + reasons.map {
          "<tr><td style=\"white-space:normal;font-weight:400\">\(Markup.escaped($0.key))</td>"
            + "<td class=\"number\">\(Number.text($0.value))</td></tr>"
        }.joined() + "</table></div>"
    return """
      <h2 id="exceptions">Exceptions</h2>
      <p class="lede">What somebody should look at before relying on the rest.</p>
      \(list)\(denials)
      """
  }

  private var charts: String {
    let statistics = report.statistics
    let unit = report.period.daysPerBucket == 1 ? "a day" : "\(report.period.daysPerBucket) days"
    let all = [
      Chart(
        title: "Accesses and denials", reading: "Requests for secrets; one bar is \(unit)",
        layers: [
          .init(title: "Given out", style: "a", series: statistics[.accesses]),
          .init(title: "Denied", style: "b", series: statistics[.denials]),
        ], period: report.period),
      Chart(
        title: "Rotations and revocations",
        reading: "Credentials that got a new version, or were never given out again",
        layers: [
          .init(title: "Rotated", style: "c", series: statistics.renewals),
          .init(title: "Revoked", style: "d", series: statistics[.revocations]),
        ], period: report.period),
      Chart(
        title: "Leaks found", reading: leakReading,
        layers: [.init(title: "Leaks", style: "b", series: statistics[.leaks])],
        period: report.period),
      Chart(
        title: "Rights and identities", reading: "Changes of who may do what",
        layers: [
          .init(title: "Rights", style: "a", series: statistics[.grants]),
          .init(title: "Agents and tenants", style: "c", series: statistics[.identities]),
          .init(title: "Tokens", style: "d", series: statistics[.tokens]),
        ], period: report.period),
    ]
    return """
      <h2 id="time">Over time</h2>
      <p class="lede">Each number is counted from entries of the log. Numbers under a chart can be \
      compared with an export.</p>
      <div class="charts">\(due)\(all.map(\.html).joined())</div>
      """
  }

  private var leakReading: String {
    guard let times = report.statistics.responseQuantiles else {
      return "Found in streams, files or history, and the time until the credential was revoked"
    }
    return "Revoked after \(Elapsed.text(times.median)) (median), nine of ten within "
      + Elapsed.text(times.ninth)
  }

  /// Rotations due, done and late, as one bar.
  private var due: String {
    let (done, soon, late) = (
      report.statistics.renewals.total, report.soonDue.count, report.late.count
    )
    let sum = done + soon + late
    guard sum > 0 else { return "" }
    var start = 0.0
    let parts = [(done, "c", "done"), (soon, "a", "due within 30 days"), (late, "b", "late")]
    let bars = parts.filter { $0.0 > 0 }.map { count, style, name in
      let width = 704.0 * Double(count) / Double(sum)
      defer { start += width }
      return "<rect class=\"\(style)\" x=\"\(8 + start)\" y=\"4\" width=\"\(max(width - 2, 1))\" "
        + "height=\"22\" rx=\"3\"><title>\(count) \(name)</title></rect>"
    }
    let legend = parts.map { count, style, name in
      "<span class=\"key\"><i class=\"\(style)\"></i>\(name) <b>\(Number.text(count))</b></span>"
    }.joined()
    return """
      <figure class="chart"><figcaption><strong>Rotation: done, due, late</strong>\
      <span>Done in the period; due and late as of now, for credentials under a policy</span>\
      </figcaption><div class="legend">\(legend)</div>
      <svg viewBox="0 0 720 30" role="img" aria-label="Rotations done, due and late">\
      \(bars.joined())</svg></figure>
      """
  }

  private var controls: String {
    let controls = report.framework.ordered
    let states = controls.map(report.state)
    let index = zip(controls, states).map { control, state in
      "<a class=\"\(state.rawValue)\" href=\"#\(control.oscalID)\">"
        + "\(Markup.escaped(control.id))</a>"
    }.joined()
    func key(_ state: Evidence.State, _ text: String) -> String {
      "<span class=\"state \(state.rawValue)\"></span><b>"
        + "\(states.count { $0 == state }) \(text)</b>"
    }
    var cards = ""
    var group = ""
    for control in controls {
      let isLead = report.framework.lead.contains(control.id)
      let heading = isLead ? "What the log speaks to most directly" : control.group
      if heading != group {
        cards += Markup.element("h3", class: "group", Markup.escaped(heading)) + "\n"
      }
      group = heading
      cards += card(control) + "\n"
    }
    return """
      <h2 id="controls">Controls</h2>
      <p class="lede">What each asks for in our words, what the log shows for it in the period, \
      and what remains with the organisation.</p>
      <p class="states">\(key(.present, "with evidence"))\
      \(key(.none, "where nothing of the kind happened"))\(key(.attention, "to look at"))</p>
      <div class="index">\(index)</div>
      \(cards)
      """
  }

  private func card(_ control: ControlFramework.Control) -> String {
    let isLead = report.framework.lead.contains(control.id)
    let chips =
      (isLead ? ["<span class=\"chip lead\">strongest match</span>"] : [])
      + control.levels.map { "<span class=\"chip\">\(Markup.escaped($0))</span>" }
    let rows = control.measures.map { measure in
      let evidence = report.evidence(measure)
      return "<tr><td><span class=\"state \(evidence.state.rawValue)\"></span>"
        + "\(Markup.escaped(measure.title))</td><td>\(Markup.escaped(evidence.value))</td>"
        + "<td>\(Markup.escaped(evidence.detail))</td>"
        + "<td>\(evidence.series.map(Chart.spark) ?? "")</td></tr>"
    }
    return """
      <article class="control" id="\(control.oscalID)"><header>\
      <span class="id">\(Markup.escaped(control.id))</span>\
      <h3>\(Markup.escaped(control.title))</h3><span class="chips">\(chips.joined())</span></header>
      <p>\(Markup.escaped(control.required))</p>
      <table class="evidence">\(rows.joined())</table>
      <dl><dt>Sluice</dt><dd>\(Markup.escaped(control.product))</dd>\
      <dt>You</dt><dd>\(Markup.escaped(control.limits))</dd></dl></article>
      """
  }

  private var gaps: String {
    let rows = report.framework.gaps.map {
      "<tr><td>\(Markup.escaped($0.id))</td><td>\(Markup.escaped($0.title))</td>"
        + "<td>\(Markup.escaped($0.reason))</td></tr>"
    }
    let notes = report.framework.notes.map { "<p>\(Markup.escaped($0))</p>" }.joined()
    return """
      <h2 id="gaps">Not covered by this product</h2>
      <p class="lede">Nothing in the log speaks to these. They need evidence from elsewhere.</p>
      <div class="box"><table class="plain"><tr><th>Control</th><th>About</th><th>Why not</th></tr>\
      \(rows.joined())</table>\(notes)</div>
      """
  }

  private var activity: String {
    let rows = report.statistics.operations.sorted { $0.key < $1.key }.map { name, count in
      "<tr><td>\(Markup.escaped(name))</td><td class=\"number\">\(Number.text(count.allowed))</td>"
        + "<td class=\"number\">\(Number.text(count.denied))</td></tr>"
    }
    return """
      <h2 id="activity">Activity</h2>
      <p class="lede">Every operation of the period, by \
      \(Number.text(report.statistics.actors.count)) actors.</p>
      <div class="box"><table class="plain"><tr><th>Operation</th><th class="number">Allowed</th>\
      <th class="number">Denied</th></tr>\(rows.joined())</table></div>
      """
  }

  private var verification: String {
    """
    <h2 id="verify">Check it yourself</h2>
    <p class="lede">Without the vault and without trusting this page: with an export and the log's \
    public key.</p>
    <div class="box"><p>The export holds every entry of the period, or the hash of it; none can be \
    left out unseen. It must give the root above, or one that this checkpoint's log has grown to.</p>
    <pre><code>sluice audit verify export.jsonl --key audit.pub --checkpoint checkpoint.note</code></pre>
    <p><code>checkpoint.note</code>, signed for the entries that were counted here:</p>
    <pre><code>\(Markup.escaped(report.checkpoint.formatted))</code></pre></div>
    """
  }

  private var sources: String {
    let rows = report.framework.sources.map {
      "<tr><td>\(Markup.escaped($0.id))</td><td>\(Markup.escaped($0.title))</td>"
        + "<td>\(Markup.escaped($0.note))</td></tr>"
    }
    return """
      <h2>Where the mapping comes from</h2>
      <div class="box"><table class="plain">\(rows.joined())</table></div>
      """
  }
}
