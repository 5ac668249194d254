package import SluiceAudit

/// The time that a report is about, whole days in UTC.
package struct ReportPeriod: Sendable, Hashable {
  /// As people call it: `2026-Q3`, `2026-11-01..2026-11-15`.
  package let name: String
  package let start: UTCTime
  /// The first instant behind it.
  package let end: UTCTime

  private static let day: Int64 = 86_400_000_000

  /// Reads a year, a quarter, a month, a day, or two days joined by `..`, both in it.
  ///
  /// Nil for anything else.
  package init?(_ text: String) {
    let first: String
    let next: String
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    if let dots = text.firstRange(of: "..") {
      first = String(text[..<dots.lowerBound])
      let last = String(text[dots.upperBound...])
      guard first.utf8.count == 10, last.utf8.count == 10, let end = UTCTime(last) else {
        return nil
      }
      next = UTCTime(microseconds: end.microseconds + Self.day).text
    } else {
      guard let year = Int(parts[0]), parts[0].utf8.count == 4 else { return nil }
      switch (parts.count, parts.count > 1 ? parts[1] : "") {
      case (1, _): (first, next) = ("\(parts[0])-01-01", Self.month(year, 13))
      case (2, let quarter) where quarter.hasPrefix("Q") && quarter.utf8.count == 2:
        guard let number = Int(quarter.dropFirst()), (1...4).contains(number) else { return nil }
        (first, next) = (Self.month(year, number * 3 - 2), Self.month(year, number * 3 + 1))
      case (2, let month):
        guard let number = Int(month), month.utf8.count == 2, (1...12).contains(number) else {
          return nil
        }
        (first, next) = (Self.month(year, number), Self.month(year, number + 1))
      case (3, _):
        guard let start = UTCTime(text) else { return nil }
        (first, next) = (text, UTCTime(microseconds: start.microseconds + Self.day).text)
      default: return nil
      }
    }
    guard let start = UTCTime(first), let end = UTCTime(String(next.prefix(10))), start < end else {
      return nil
    }
    name = text
    self.start = start
    self.end = end
  }

  private static func month(_ year: Int, _ month: Int) -> String {
    let (year, month) = month > 12 ? (year + 1, month - 12) : (year, month)
    let digits = String(year)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      + (month < 10 ? "-0" : "-") + "\(month)-01"
  }

  package func contains(_ time: UTCTime) -> Bool { start <= time && time < end }

  /// `2026-07-01 to 2026-09-30`.
  package var span: String {
    let last = UTCTime(microseconds: end.microseconds - 1)
    return "\(start.text.prefix(10)) to \(last.text.prefix(10))"
  }

  // MARK: - Parts of it, for charts

  /// So many days are one bar, so that there are at most about 31.
  var daysPerBucket: Int64 {
    let days = (end.microseconds - start.microseconds) / Self.day
    return days <= 31 ? 1 : days <= 217 ? 7 : (days + 30) / 31
  }

  var bucketCount: Int {
    let width = daysPerBucket * Self.day
    return Int((end.microseconds - start.microseconds + width - 1) / width)
  }

  func bucket(of time: UTCTime) -> Int {
    Int((time.microseconds - start.microseconds) / (daysPerBucket * Self.day))
  }

  /// The first day of a bucket, `07-01`.
  func label(ofBucket index: Int) -> String {
    let time = start.advanced(bySeconds: Int64(index) * daysPerBucket * 86_400)
    return String(time.text.prefix(10).dropFirst(5))
  }
}
