/// What a secret tells about itself and may be shown: where it leads, and until when it is worth
/// something.
///
/// Never a part of what makes it secret (G3).
package struct Insight: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The account that the secret belongs to.
    case account
    /// Who issued it, as it says itself.
    case issuer
    /// How it is signed or encrypted; `none` is worth an alarm of its own.
    case algorithm
    /// The point in time, RFC 3339, at which it was made.
    case issued
    /// The point in time, RFC 3339, from which on it is worth nothing.
    case expires
    /// What kind of key it is.
    case key
    /// How a key is encrypted; without it, whoever has the key can use it.
    case encryption
  }

  package let kind: Kind
  package let text: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// - Returns: nil unless `text` reads as a name, an address or a URL without credentials.
  init?(_ kind: Kind, untrusted text: [UInt8]?) {
    guard let text, !text.isEmpty else { return nil }
    let isPlain = text.allSatisfy { byte in
      byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
        || "-._~:/".utf8.contains(byte)
    }
    guard isPlain else { return nil }
    self.init(kind, String(decoding: text, as: UTF8.self))
  }

  /// - Returns: nil unless it is a time between 1970 and 9999.
  init?(_ kind: Kind, secondsSince1970 text: [UInt8]?) {
    // Some issuers write fractions of a second.
    guard let whole = text?.prefix(while: { $0 != UInt8(ascii: ".") }),
      let seconds = Int(String(decoding: whole, as: UTF8.self)),
      (0..<253_402_300_800).contains(seconds)
    else { return nil }
    self.init(kind, Self.timestamp(seconds))
  }

  /// RFC 3339 in UTC.
  ///
  /// Counts from 1 March of the year 0, so that the day that some years have more is the last of
  /// a year.
  static func timestamp(_ secondsSince1970: Int) -> String {
    let days = secondsSince1970 / 86_400 + 719_468
    let era = days / 146_097
    let dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let second = secondsSince1970 % 86_400
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T"
      + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2)
      + "Z"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
  }
}
