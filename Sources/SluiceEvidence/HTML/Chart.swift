/// Charts as SVG inside the page: no script, no font and no picture from elsewhere.
struct Chart {
  /// One kind of bar; bars of several kinds stand on top of each other.
  struct Layer {
    let title: String
    /// The class of the page's style that colours it.
    let style: String
    let series: Series
  }

  let title: String
  /// What the reader should see in it.
  let reading: String
  let layers: [Layer]
  let period: ReportPeriod

  private static let (width, height) = (720.0, 200.0)
  private static let (left, right, top, bottom) = (44.0, 8.0, 10.0, 26.0)

  var html: String {
    let legend = layers.map { layer in
      "<span class=\"key\"><i class=\"\(layer.style)\"></i>\(Markup.escaped(layer.title)) "
        + "<b>\(Number.text(layer.series.total))</b></span>"
    }.joined()
    return """
      <figure class="chart"><figcaption><strong>\(Markup.escaped(title))</strong>\
      <span>\(Markup.escaped(reading))</span></figcaption>
      <div class="legend">\(legend)</div>
      \(total == 0 ? "<p class=\"empty\">None in this period.</p>" : svg + table)
      </figure>
      """
  }

  private var total: Int { layers.reduce(0) { $0 + $1.series.total } }

  private var sums: [Int] {
    (0..<period.bucketCount).map { bucket in layers.reduce(0) { $0 + $1.series.buckets[bucket] } }
  }

  /// The end of the scale: 1, 2 or 5 times a power of ten, and where its lines are.
  private var scale: (end: Int, step: Int) {
    let highest = max(sums.max() ?? 0, 1)
    var power = 1
    while true {
      for factor in [1, 2, 5] where factor * power * 4 >= highest {
        let step = factor * power
        return ((highest + step - 1) / step * step, step)
      }
      power *= 10
    }
  }

  private var svg: String {
    let (end, step) = scale
    let (plotWidth, plotHeight) = (
      Self.width - Self.left - Self.right, Self.height - Self.top - Self.bottom
    )
    func y(_ value: Int) -> Double { Self.top + plotHeight * (1 - Double(value) / Double(end)) }
    var body = ""
    for value in stride(from: 0, through: end, by: step) {
      body +=
        "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" "
        + "y1=\"\(Self.text(y(value)))\" y2=\"\(Self.text(y(value)))\"/>"
        + "<text class=\"axis\" text-anchor=\"end\" x=\"\(Self.left - 8)\" "
        + "y=\"\(Self.text(y(value) + 4))\">\(Number.text(value))</text>"
    }
    let count = period.bucketCount
    let slot = plotWidth / Double(count)
    let bar = min(slot * 0.72, 36)
    let every = max(1, (count + 7) / 8)
    for bucket in 0..<count {
      let middle = Self.left + slot * (Double(bucket) + 0.5)
      var base = 0
      for layer in layers where layer.series.buckets[bucket] > 0 {
        let value = layer.series.buckets[bucket]
        let (high, low) = (y(base + value), y(base))
        body +=
          "<rect class=\"\(layer.style)\" x=\"\(Self.text(middle - bar / 2))\" "
          + "y=\"\(Self.text(high))\" width=\"\(Self.text(bar))\" "
          + "height=\"\(Self.text(max(low - high, 1)))\" rx=\"2\"><title>"
          + Markup.escaped("\(name(of: bucket)): \(value) \(layer.title.lowercased())")
          + "</title></rect>"
        base += value
      }
      if bucket.isMultiple(of: every) {
        body +=
          "<text class=\"axis\" text-anchor=\"middle\" x=\"\(Self.text(middle))\" "
          + "y=\"\(Self.height - 6)\">\(period.label(ofBucket: bucket))</text>"
      }
    }
    return "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
      + "aria-label=\"\(Markup.escaped(title))\">\(body)</svg>"
  }

  private func name(of bucket: Int) -> String {
    (period.daysPerBucket == 1 ? "" : "from ") + period.label(ofBucket: bucket)
  }

  /// The numbers themselves, for who cannot see the bars or wants to add them up.
  private var table: String {
    let head = layers.map { "<th>\(Markup.escaped($0.title))</th>" }.joined()
    let rows = (0..<period.bucketCount).filter { sums[$0] > 0 }.map { bucket in
      "<tr><td>\(period.label(ofBucket: bucket))</td>"
        + layers.map { "<td>\(Number.text($0.series.buckets[bucket]))</td>" }.joined() + "</tr>"
    }
    return "<details><summary>Numbers</summary><table class=\"numbers\"><tr><th>"
      + (period.daysPerBucket == 1 ? "Day" : "\(period.daysPerBucket) days from")
      + "</th>\(head)</tr>\(rows.joined())</table></details>"
  }

  /// A small one without words, for a row of a table.
  static func spark(_ series: Series) -> String {
    guard series.total > 0, let highest = series.buckets.max(), highest > 0 else { return "" }
    let (width, height) = (96.0, 22.0)
    let slot = width / Double(series.buckets.count)
    let bars = series.buckets.enumerated().filter { $0.element > 0 }.map { index, value in
      let size = max(2, height * Double(value) / Double(highest))
      return "<rect x=\"\(text(slot * Double(index)))\" y=\"\(text(height - size))\" "
        + "width=\"\(text(max(slot * 0.75, 1)))\" height=\"\(text(size))\"/>"
    }
    return "<svg class=\"spark\" viewBox=\"0 0 96 22\" aria-hidden=\"true\">\(bars.joined())</svg>"
  }

  /// At most one decimal: more is noise in a file.
  private static func text(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}
