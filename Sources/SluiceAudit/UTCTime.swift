/// A point in time in microseconds since 1970, UTC, without leap seconds.
package struct UTCTime: Sendable, Hashable, Comparable {
  package let microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  package static func < (left: UTCTime, right: UTCTime) -> Bool {
    left.microseconds < right.microseconds
  }

  package func advanced(bySeconds seconds: Int64) -> UTCTime {
    UTCTime(microseconds: microseconds + seconds * 1_000_000)
  }

  /// RFC 3339 with six decimals: `2026-11-23T04:05:06.000007Z`.
  package var text: String {
    let (days, ofDay) = Self.divide(microseconds, by: 86_400_000_000)
    let (year, month, day) = Self.date(ofDay: days)
    let seconds = ofDay / 1_000_000
    return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T"
      + Self.padded(seconds / 3600, 2) + ":" + Self.padded(seconds / 60 % 60, 2) + ":"
      + Self.padded(seconds % 60, 2) + "." + Self.padded(ofDay % 1_000_000, 6) + "Z"
  }

  /// Reads what `text` gives, a date alone (its first instant), or a time without decimals.
  ///
  /// Nil for anything else.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard [10, 20, 27].contains(bytes.count), let year = Self.number(bytes, 0..<4),
      bytes[4] == UInt8(ascii: "-"), let month = Self.number(bytes, 5..<7),
      bytes[7] == UInt8(ascii: "-"), let day = Self.number(bytes, 8..<10)
    else { return nil }
    var ofDay: Int64 = 0
    if bytes.count > 10 {
      guard bytes[10] == UInt8(ascii: "T"), bytes.last == UInt8(ascii: "Z"),
        let hour = Self.number(bytes, 11..<13), hour < 24, bytes[13] == UInt8(ascii: ":"),
        let minute = Self.number(bytes, 14..<16), minute < 60, bytes[16] == UInt8(ascii: ":"),
        let second = Self.number(bytes, 17..<19), second < 60
      else { return nil }
      ofDay = ((hour * 60 + minute) * 60 + second) * 1_000_000
    }
    if bytes.count == 27 {
      guard bytes[19] == UInt8(ascii: "."), let fraction = Self.number(bytes, 20..<26) else {
        return nil
      }
      ofDay += fraction
    }
    let days = Self.day(year: year, month: month, day: day)
    guard Self.date(ofDay: days) == (year, month, day) else { return nil }
    microseconds = days * 86_400_000_000 + ofDay
  }

  private static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
    let digits = bytes[range]
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }

  private static func padded(_ number: Int64, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
  }

  private static func divide(_ number: Int64, by divisor: Int64) -> (Int64, Int64) {
    let remainder = ((number % divisor) + divisor) % divisor
    return ((number - remainder) / divisor, remainder)
  }

  // The proleptic Gregorian calendar repeats every 400 years of 146,097 days; a year that begins
  // in March has its leap day at the end.

  private static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
    let (era, ofEra) = divide(month <= 2 ? year - 1 : year, by: 400)
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }

  private static func date(ofDay day: Int64) -> (Int64, Int64, Int64) {
    let (era, ofEra) = divide(day + 719_468, by: 146_097)
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let fromMarch = (5 * ofYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (
      year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * fromMarch + 2) / 5 + 1
    )
  }
}
