internal import SluiceAudit

/// When rotations may happen: on some days, between two times of day, in UTC.
package struct RotationWindow: Sendable, Hashable {
  private let weekdays: Set<Int>
  /// Minutes of the day; the end may be before the start, on the next day then.
  private let from: Int
  private let to: Int

  private static let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

  init(_ fields: TargetFields) throws(ActionSettingsError) {
    let days = try fields.texts("days")
    var weekdays: Set<Int> = []
    for day in days {
      guard let index = Self.names.firstIndex(of: day.lowercased()) else {
        throw fields.error("days", "a list of: \(Self.names.joined(separator: ", "))")
      }
      weekdays.insert(index)
    }
    self.weekdays = weekdays.isEmpty ? Set(0...6) : weekdays
    guard let start = CronSchedule.time(try fields.text("from") ?? "00:00") else {
      throw fields.error("from", "a time of day such as 01:30")
    }
    guard let end = CronSchedule.time(try fields.text("to") ?? "00:00") else {
      throw fields.error("to", "a time of day such as 05:00")
    }
    from = start.hour * 60 + start.minute
    to = end.hour * 60 + end.minute
  }

  /// A time in the window: this one, or the next start.
  func earliest(from time: UTCTime) -> UTCTime {
    let minute: Int64 = 60_000_000
    let day = 1440 * minute
    let length = Int64((to - from + 1440 - 1) % 1440 + 1) * minute
    // A window that began yesterday may still be open.
    var midnight = (time.microseconds / day - 1) * day
    for _ in 0..<9 {
      let start = midnight + Int64(from) * minute
      if weekdays.contains(Int((midnight / day + 4) % 7)), time.microseconds < start + length {
        return UTCTime(microseconds: max(start, time.microseconds))
      }
      midnight += day
    }
    return time
  }
}
