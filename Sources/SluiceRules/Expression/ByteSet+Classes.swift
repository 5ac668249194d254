import SluiceRegex

/// The classes of PCRE2 in byte mode with its built-in tables, which are those of the C locale.
extension ByteSet {
  static let digits = ByteSet(0x30...0x39)
  static let lowercase = ByteSet(0x61...0x7A)
  static let uppercase = ByteSet(0x41...0x5A)
  static let alphanumeric = lowercase.union(uppercase).union(digits)
  /// `\w`.
  static let word = alphanumeric.union(ByteSet(0x5F))
  /// `\s`.
  static let space = ByteSet(0x09...0x0D).union(ByteSet(0x20))
  /// `\h`: in byte mode that includes the no-break space of Latin-1.
  static let horizontalSpace = ByteSet([0x09, 0x20, 0xA0])
  /// `\v`: in byte mode that includes the next-line control of Latin-1.
  static let verticalSpace = ByteSet([0x0A, 0x0B, 0x0C, 0x0D, 0x85])
  /// `.` without `(?s)`, and `\N`.
  static let notNewline = ByteSet(0x0A).inverted

  /// The sets of `[:name:]`, by name.
  static let posix: [String: ByteSet] = [
    "alnum": alphanumeric,
    "alpha": lowercase.union(uppercase),
    "ascii": ByteSet(0x00...0x7F),
    "blank": ByteSet([0x09, 0x20]),
    "cntrl": ByteSet(0x00...0x1F).union(ByteSet(0x7F)),
    "digit": digits,
    "graph": ByteSet(0x21...0x7E),
    "lower": lowercase,
    "print": ByteSet(0x20...0x7E),
    "punct": ByteSet(0x21...0x7E).intersection(alphanumeric.inverted),
    "space": space,
    "upper": uppercase,
    "word": word,
    "xdigit": digits.union(ByteSet(0x41...0x46)).union(ByteSet(0x61...0x66)),
  ]
}
