/// Whether `value` is what people write where a secret will stand, or a mask where one stood.
func isPlaceholder(_ value: Span<UInt8>) -> Bool {
  guard !value.isEmpty else { return true }
  return isTemplate(value) || isMask(value) || isBracketedName(value)
    || placeholderWords.isInside(value) || shortPlaceholderWords.isWord(value)
}

/// A value that holds one of them stands for a secret and is none; also the vendors' example keys.
private let placeholderWords = WordList(
  """
  example changeme change_me change-me change_this change-this changeit placeholder your_ your-
  yourpass yourtoken yourkey yourapi yoursecret your%20 dummy redacted masked xxxx **** .... insert_
  insert- replace_ replace- replaceme replacewith not_set notset undefined _here> _here -here> goes-here
  goes_here put_your fill_me fillme to-be-set todo_ todo- fixme my-secret-key my_secret_key
  my-api-key my_api_key mysecretkey myapikey required| |required string| |string nullable| <secret> <token> <password> <key> lorem
  eby8vdm02xnocqflquwjpllmetlcdxj1ouzft50usrz6ifsufq2uverc
  sflkxwrjsmekkf2qt4fwpmejf36pok6yjv_adqssw5c
  """)

private let shortPlaceholderWords = WordList(
  """
  todo tbd none null nil test fake sample default empty unset foobar foo bar baz n/a na ascii latin1
  utf8 latin-1 utf-8 utf-16 iso-8859-1
  """)

// MARK: - Templates

private let templateStarts = WordList(
  """
  ${ $( {{ #{ <% @@ %{ ${{ vault: vault:// op:// ssm: ssm:// sm:// arn: secretref: secret:// env: env://
  file: file:// keyvault: @microsoft.keyvault( enc[ enc( {cipher} !vault !ref !sub !secret !env
  valuefrom: aws:secretsmanager gcp:secretmanager projects/ process.env os.environ os.getenv
  0x% system.getenv getenv( env( env. secrets. vars. var. config. settings. data. local. module. self.
  this. request. req. args. options. params. process.
  """)

/// A reference to a value that stands elsewhere: a shell, template or environment variable, the
/// address of an entry in a vault.
private func isTemplate(_ value: Span<UInt8>) -> Bool {
  let last = value[value.count - 1]
  switch value[0] {
  case UInt8(ascii: "$"):
    // `$ecret99` is a password; a variable has letters and `_` and, in capitals, digits.
    let name = value.extracting(1...)
    if isVariable(name) { return true }
  case UInt8(ascii: "<"):
    if last == UInt8(ascii: ">") { return true }
  case UInt8(ascii: "%"):
    if value.count > 2 && last == UInt8(ascii: "%") || isConversion(value) { return true }
  case UInt8(ascii: "`"):
    // What a shell puts in the place of a command.
    if value.count > 2 && last == UInt8(ascii: "`") { return true }
  default: break
  }
  return templateStarts.begins(value)
}

/// `%s, %d`: a conversion of printf(3) and then no more of a word.
private func isConversion(_ value: Span<UInt8>) -> Bool {
  guard value.count > 2, [0x73, 0x64, 0x75, 0x78].contains(value[1]) else { return false }
  return !isLetter(value[2]) && !isDigit(value[2])
}

private func isVariable(_ name: Span<UInt8>) -> Bool {
  guard !name.isEmpty else { return false }
  let isUpper = name.allBytes {
    $0 &- 0x41 < 26 || $0 == UInt8(ascii: "_") || isDigit($0)
  }
  if isUpper { return !isDigit(name[0]) || name.count == 1 }
  return name.containsByte(UInt8(ascii: "_"))
    && name.allBytes { isLetter($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
}

// MARK: - Masks

/// One character repeated, bullets, stars: `aaaaaaaa`, `••••`, `xx-xx-xx`.
private func isMask(_ value: Span<UInt8>) -> Bool {
  var isRepeated = true
  var marks = 0
  var bullets = 0
  for index in value.indices {
    let byte = value[index]
    if byte != value[0] { isRepeated = false }
    switch byte {
    case UInt8(ascii: "*"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "#"), UInt8(ascii: "?"),
      UInt8(ascii: "~"), UInt8(ascii: " "), UInt8(ascii: "="):
      marks += 1
    default: break
    }
    // U+2022, U+25CF, U+2026, U+00B7 and U+2217 in UTF-8.
    if index + 2 < value.count && byte == 0xE2 {
      switch (value[index + 1], value[index + 2]) {
      case (0x80, 0xA2), (0x97, 0x8F), (0x80, 0xA6), (0x88, 0x97): bullets += 3
      default: break
      }
    }
  }
  return isRepeated || marks == value.count || bullets >= 9 || bullets == value.count
    || isRepeatedCharacter(value)
}

/// One character of two or three bytes in UTF-8, four times and more.
private func isRepeatedCharacter(_ value: Span<UInt8>) -> Bool {
  guard value[0] >= 0xC2 else { return false }
  let length = value[0] < 0xE0 ? 2 : 3
  return value.count >= 4 * length
    && value.indices.dropFirst(length).allSatisfy { value[$0] == value[$0 - length] }
}

/// `[password]`, `(none)`, `{token}`: a name in brackets.
private func isBracketedName(_ value: Span<UInt8>) -> Bool {
  guard value.count > 2 else { return false }
  switch (value[0], value[value.count - 1]) {
  case (UInt8(ascii: "["), UInt8(ascii: "]")): return true
  case (UInt8(ascii: "("), UInt8(ascii: ")")), (UInt8(ascii: "{"), UInt8(ascii: "}")):
    let inside = value.extracting(1..<value.count - 1)
    return inside.allBytes {
      isLetter($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ")
        || $0 == UInt8(ascii: ".")
    }
  default: return false
  }
}
