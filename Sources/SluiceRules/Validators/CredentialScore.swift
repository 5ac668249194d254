/// How much the name of a key says about its value.
package enum KeyStrength: String, Sendable, Hashable, CaseIterable {
  /// `password`: the value is a secret, and a person may have chosen it.
  case strong
  /// `secret`: the value is a secret made by a machine or chosen by a person, or its name.
  case firm
  /// `token`, `api_key`: the value is a secret made by a machine, or its name.
  case medium
  /// `key`, `auth`: the value may be anything.
  case weak

  /// Bits of evidence that the name alone is worth.
  fileprivate var bits: Double {
    switch self {
    case .strong: 60
    case .firm, .medium: 0
    case .weak: -16
    }
  }
}

/// Least score of a credential, in bits: about one in 250 names reaches as much by chance.
private let threshold = 8.0

/// Whether the value of a key is taken for a credential.
func isCredential(_ value: Span<UInt8>, under key: KeyStrength) -> Bool {
  credentialScore(of: value, under: key) >= threshold
}

/// How much speaks for `value` being a secret, in bits: the one place that decides for all rules
/// whose key, and not whose form, makes the secret.
///
/// Some forms settle it whatever the key: placeholders, templates, masks (`isPlaceholder`), and
/// what says itself that it is something else, such as a path, a date, a digest with its label or
/// a public key (`isKnownShape`). The rest is a sum, an estimate of
/// `log2 P(value | made at random) / P(value | written as a name)`, of:
/// - the key: see `KeyStrength`. Under a strong one letters that make words are taken for prose or
///   for a name in code if there are capitals among them (`Represents`, `ImmutablePass`), and a
///   value that begins with a blank for what follows a closing quote;
/// - runs of letters. Names consist of words, and words of common pairs of letters: a run counts
///   `1.6 × (m - 4.4)` a letter, `m` being its mean surprise in `Bigrams.swift`, at least -1.3 and
///   at most 2.4. (A base62 letter carries 4.7 bits, a letter of a name about 2.3, so a random one
///   is worth 2.4.) Runs end where a capital follows a small letter. Up to three letters say
///   nothing by their pairs: they are worth 2.4 each beside digits or other runs, as in hex and
///   base62, and -0.5 alone between separators, as in `my-db`;
/// - digits: 1 each (3.3 bits against 2.3), but -0.5 where they repeat or count on, and for up to
///   four at the end of a word, as names are numbered;
/// - separators (`_`, `-`, `.`, `/`, `:`, blank): -1.5 each; base64's `+` and `=`: 0.5;
/// - other marks: 3 each, up to four, because names have none; with letters and digits beside them
///   18 more, as policies for passwords ask for all three.
///
/// Measured by `CredentialScoreTests`: of random values of 16 characters and more 99.7 % score above
/// the threshold under a key of medium strength, of names and prose at most 0.5 %.
func credentialScore(of value: Span<UInt8>, under key: KeyStrength) -> Double {
  let never = -1000.0
  if isPlaceholder(value) || isKnownShape(value) { return never }
  var reader = EvidenceReader(value)
  reader.read()
  if key == .strong {
    if isProse(value, reader) { return never }
  } else if isSequence(value) || reader.letters == 0 && reader.marks == 0 {
    // Digits alone: a number.
    return never
  }
  if key == .firm && isChosen(value, reader) { return 60 }
  return key.bits + reader.bits
}

/// What a person chose, and no name: one word or two with digits or marks, `Chicken2011!`.
private func isChosen(_ value: Span<UInt8>, _ reader: borrowing EvidenceReader) -> Bool {
  8...40 ~= value.count && reader.separators == 0 && reader.letters >= 3
    && (reader.digits >= 2 || reader.marks > 0) && !value.allBytes(isHexDigit)
    && !value.containsByte(UInt8(ascii: "("))
}

// MARK: - Evidence

/// Walks a value once and adds up what its parts are worth.
private struct EvidenceReader: ~Escapable {
  private let value: Span<UInt8>
  private(set) var bits = 0.0
  private(set) var letters = 0
  private(set) var digits = 0
  private(set) var separators = 0
  private(set) var marks = 0
  private var index = 0

  @_lifetime(copy value)
  init(_ value: Span<UInt8>) { self.value = value }

  mutating func read() {
    while index < value.count {
      let byte = value[index]
      if isLetter(byte) {
        readLetters()
      } else if isDigit(byte) {
        readDigits()
      } else {
        readMark(byte)
      }
    }
    bits += 3 * Double(min(marks, 4))
    if marks > 0 && letters > 0 && digits > 0 && value.count <= 64 { bits += 18 }
  }

  private mutating func readLetters() {
    let start = index
    var surprises = 0.0
    index += 1
    while index < value.count, isLetter(value[index]), !startsRun(at: index) {
      surprises += surprise(of: value[index], after: value[index - 1])
      index += 1
    }
    let count = index - start
    letters += count
    let isAlone = isEdge(start - 1) && isEdge(index)
    let each: Double =
      if count > 3 || count == 3 && isAlone {
        min(max(1.6 * (surprises / Double(count - 1) - 4.4), -1.3), isAlone && count <= 3 ? 0 : 2.4)
      } else if isAlone {
        -0.5
      } else {
        2.4
      }
    bits += each * Double(count)
  }

  /// A capital after a small letter begins a word, as in `clientSecret`.
  private func startsRun(at index: Int) -> Bool {
    value[index] & 0x20 == 0 && value[index - 1] & 0x20 != 0
  }

  /// Whether a word may end beside this byte: a separator, or the end of the value.
  private func isEdge(_ index: Int) -> Bool {
    index < 0 || index >= value.count || !isLetter(value[index]) && !isDigit(value[index])
  }

  private mutating func readDigits() {
    let start = index
    var regular = 0
    index += 1
    while index < value.count, isDigit(value[index]) {
      let step = Int(value[index]) - Int(value[index - 1])
      if step == 0 || step == 1 || step == -1 { regular += 1 }
      index += 1
    }
    let count = index - start
    digits += count
    let followsWord = start > 3 && (1...4).allSatisfy { isLetter(value[start - $0]) }
    if count <= 4 && isEdge(index) && (followsWord || isEdge(start - 1)) {
      bits -= 0.5 * Double(count)
    } else {
      bits += Double(count - regular) - 0.5 * Double(regular)
    }
  }

  private mutating func readMark(_ byte: UInt8) {
    index += 1
    switch byte {
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
      UInt8(ascii: "/"), UInt8(ascii: " "):
      separators += 1
      bits -= 1.5
    case UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "\\"), UInt8(ascii: ","),
      UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "'"), UInt8(ascii: "\""):
      bits += 0.5
    default: marks += 1
    }
  }
}

// MARK: - Words

/// What stands after `password` in prose and in code, though it is none: a word of a message, the
/// name of a type or of a variable.
private func isProse(_ value: Span<UInt8>, _ reader: borrowing EvidenceReader) -> Bool {
  if value[0] == UInt8(ascii: " ") { return true }
  if reader.digits > 0 { return isNumberedName(value, reader) }
  guard reader.marks == 0 else { return false }
  if value.containsByte(UInt8(ascii: "=")) { return true }
  // Text in another script than Latin, or digits alone, which the caller has excluded.
  guard reader.letters > 0 else { return reader.separators > 0 }
  if reader.separators > 0 {
    // A phrase of random words is a credential; a name or a sentence is none.
    return reader.bits < 12 && !isPassphrase(value)
  }
  if proseWords.isWord(value) { return true }
  guard value.allBytes(isLetter) else { return false }
  // `userPassword`, `passwordInput`: a variable's name tells what is in it.
  if nameWords.isInside(value) { return true }
  return reader.bits < 0 && value.indices.contains { value[$0] & 0x20 == 0 }
}

/// `ps3_smp_message_pass`, `MD5_PASSWD_LEN`: words, some of them numbered, with `_` between them, as
/// code names things.
///
/// Passwords of people have fewer words, and what a machine made has no words.
private func isNumberedName(_ value: Span<UInt8>, _ reader: borrowing EvidenceReader) -> Bool {
  guard reader.marks == 0, isLetter(value[0]) else { return false }
  let isUpper = value[0] & 0x20 == 0
  // Abbreviations look random; in a constant of five words they are none.
  let isLongConstant = isUpper && reader.separators >= 4 && reader.digits <= 2
  guard reader.bits < 0 || isLongConstant else { return false }
  // `summer_of_69` may be a password.
  guard reader.separators >= (isUpper ? 2 : 3) else { return false }
  return value.allBytes {
    $0 == UInt8(ascii: "_") || isDigit($0) || isLetter($0) && ($0 & 0x20 == 0) == isUpper
  }
}

/// `correct-horse-battery-staple`: four words or more of which none belongs to a message.
private func isPassphrase(_ value: Span<UInt8>) -> Bool {
  var words = 0
  var start = 0
  for index in 0...value.count
  where index == value.count || value[index] == UInt8(ascii: "-") {
    let word = value.extracting(start..<index)
    guard 3...12 ~= word.count, word.allBytes({ $0 &- 0x61 < 26 }),
      !proseWords.isWord(word), !nameWords.isWord(word)
    else { return false }
    words += 1
    start = index + 1
  }
  return words >= 4
}

private let proseWords = WordList(
  """
  true false null none nil undefined string str text char varchar number int integer boolean bool
  bytes byte object array any unknown optional required invalid incorrect wrong expired missing
  empty changed reset updated removed deleted created generated accepted rejected correct valid
  disabled enabled hidden private public secure encrypted plaintext plain hashed hash protected
  sent given provided supplied stored rotated mismatch failed failure success successful error
  denied allowed refused refresh needed unset unchanged default admins prompt never always
  authentication authorization login logout policy strength manager file path field type format
  length minimum maximum characters must should cannot please enter your the this that with from
  for and not was has been will can you set get via here see is are ok okay yes no on off
  fail done return passed they masked censored filtered obscured sanitized anonymous basic bearer value values pass data code
  """)

/// Words that a variable's name holds and a password seldom does.
private let nameWords = WordList(
  """
  password passwd passphrase passwort pwd secret token credential apikey username userid input param
  config field prompt request response
  """)

// MARK: - Sequences

/// Whether most characters follow from the ones before: `abcdefgh`, `0123456789abcdef`, `aabbccdd`.
private func isSequence(_ value: Span<UInt8>) -> Bool {
  guard value.count > 1 else { return true }
  var regular = 0
  for index in 1..<value.count {
    let step = Int(folded(value[index])) - Int(folded(value[index - 1]))
    if step == 0 || step == 1 || step == -1 { regular += 1 }
  }
  return regular * 10 >= (value.count - 1) * 7
}
