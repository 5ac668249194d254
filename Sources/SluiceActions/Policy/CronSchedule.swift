package import SluiceAudit

/// Points in time, in UTC: minutes, hours, days of the month, months and days of the week.
///
/// As in crontab(5): if both kinds of days are restricted, either is enough.
package struct CronSchedule: Sendable, Hashable {
  package let text: String
  private let minutes: Set<Int>
  private let hours: Set<Int>
  private let days: Set<Int>
  private let months: Set<Int>
  private let weekdays: Set<Int>
  private let hasDays: Bool
  private let hasWeekdays: Bool

  private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
  private static let monthNames = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Five fields with numbers, names, lists, ranges and steps; nil for anything else, and for days
  /// that there never are.
  package init?(_ text: String) {
    let fields = text.split(separator: " ").map(String.init)
    guard fields.count == 5, let minutes = Self.values(fields[0], 0...59),
      let hours = Self.values(fields[1], 0...23), let days = Self.values(fields[2], 1...31),
      let months = Self.values(fields[3], 1...12, names: Self.monthNames, first: 1),
      let weekdays = Self.values(fields[4], 0...7, names: Self.weekdayNames, first: 0)
    else { return nil }
    self.text = text
    self.minutes = minutes
    self.hours = hours
    self.days = days
    self.months = months
    self.weekdays = Set(weekdays.map { $0 % 7 })
    hasDays = !fields[2].hasPrefix("*")
    hasWeekdays = !fields[4].hasPrefix("*")
    guard next(after: UTCTime(microseconds: 0)) != nil else { return nil }
  }

  /// Each day at `03:30`.
  package init?(daily time: String) {
    guard let (hour, minute) = Self.time(time) else { return nil }
    self.init("\(minute) \(hour) * * *")
  }

  /// Each week at `mon 03:30`.
  package init?(weekly text: String) {
    let parts = text.split(separator: " ").map(String.init)
    guard parts.count == 2, Self.weekdayNames.contains(parts[0]),
      let (hour, minute) = Self.time(parts[1])
    else { return nil }
    self.init("\(minute) \(hour) * * \(parts[0])")
  }

  static func time(_ text: String) -> (hour: Int, minute: Int)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
    else { return nil }
    return (hour, minute)
  }

  private static func values(
    _ field: String, _ range: ClosedRange<Int>, names: [String] = [], first: Int = 0
  ) -> Set<Int>? {
    var all: Set<Int> = []
    func number(_ text: Substring) -> Int? {
      let value = names.firstIndex(of: text.lowercased()).map { $0 + first } ?? Int(text)
      return value.flatMap { range.contains($0) ? $0 : nil }
    }
    for part in field.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: "/", omittingEmptySubsequences: false)
      guard (1...2).contains(halves.count) else { return nil }
      let step = halves.count == 2 ? Int(halves[1]) : 1
      guard let step, step > 0 else { return nil }
      var bounds = range
      if halves[0] != "*" {
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count), let low = number(ends[0]),
          let high = ends.count == 2 ? number(ends[1]) : halves.count == 2 ? range.upperBound : low,
          low <= high
        else { return nil }
        bounds = low...high
      }
      all.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
    }
    return all
  }

  /// The first such minute that begins after a time; nil if there is none within nine years, which
  /// is as long as 29 February can be away.
  package func next(after time: UTCTime) -> UTCTime? {
    let day: Int64 = 86_400_000_000
    let minute: Int64 = 60_000_000
    var start = (time.microseconds / minute + 1) * minute
    for _ in 0..<(366 * 9) {
      let date = UTCTime(microseconds: start)
      let text = Array(date.text.utf8)
      func number(_ range: Range<Int>) -> Int {
        text[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
      }
      // 1 January 1970 was a Thursday.
      let weekday = Int((start / day + 4) % 7)
      let fitsDay = days.contains(number(8..<10))
      let fitsWeekday = weekdays.contains(weekday)
      let isDay =
        hasDays && hasWeekdays ? fitsDay || fitsWeekday : fitsDay && fitsWeekday
      if isDay, months.contains(number(5..<7)) {
        let midnight = start / day * day
        let firstMinute = Int((start - midnight) / minute)
        if let found = (firstMinute..<1440).first(where: {
          hours.contains($0 / 60) && minutes.contains($0 % 60)
        }) {
          return UTCTime(microseconds: midnight + Int64(found) * minute)
        }
      }
      start = (start / day + 1) * day
    }
    return nil
  }
}
