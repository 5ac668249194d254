/// Whether `value` has a form that says what it is, and that it is no secret: a path, an address,
/// a date, a version, a digest with its label, a call, a constant, an expression, a public key.
func isKnownShape(_ value: Span<UInt8>) -> Bool {
  isPath(value) || isAddress(value) || isNumeric(value) || isVersionRange(value)
    || isDate(value) || isCall(value) || isConstant(value) || patternMarks.isInside(value)
    || digestLabels.begins(value) || publicStarts.begins(value) || isAlgorithm(value)
}

/// What names an algorithm, or begins what PostgreSQL stores of a password and lacks the rest.
private func isAlgorithm(_ value: Span<UInt8>) -> Bool {
  algorithms.isWord(value) || scramStart.begins(value) && value.count < 40
}

private let algorithms = WordList(
  """
  scram-sha-1 scram-sha-256 scram-sha-512 sha-1 sha-256 sha-384 sha-512 sha256 sha384 sha512 hmac-sha1
  hmac-sha256 hmac-sha-256 hmac-sha512 rsa-sha256 rsa-sha2-256 rsa-sha2-512 hs256 hs384 hs512 rs256
  rs512 es256 es384 ps256 aes-128-cbc aes-256-cbc aes-128-gcm aes-256-gcm chacha20-poly1305 md5 bcrypt
  """)

private let scramStart = WordList("scram-sha-256$")

/// A digest names itself, as in lock files, image references and webhook headers.
private let digestLabels = WordList(
  """
  sha1: sha1- sha1= sha256: sha256- sha256= sha384: sha384- sha512: sha512- sha512= md5: md5- md5=
  h1: crc32: blake2b: blake3: xxh64: etag: w/" @sha256: sha224: sha3-
  """)

/// Keys and certificates that anyone may see, as text and in base64; images, data addresses.
private let publicStarts = WordList(
  """
  ssh-rsa ssh-ed25519 ssh-dss ecdsa-sha2- sk-ssh- sk-ecdsa- aaaab3nzac1yc2e aaaac3nzac1lzdi1nte5
  aaaae2vjzhnhlxnoyti -----begin%20public -----begin%20certificate mfkwewyhkozizj0 mcowbqydk2vw
  miibijanbgkqhkig9w0baqefaaocaq8a miicijanbgkqhkig9w0baqefaaocag8a migfma0gcsqgsib3dqebaquaa4
  ls0tls1crudjtibqvujm ls0tls1crudjtibdrvj data: ivborw0kggo r0lgod phn2zy phc_
  pk_live_ pk_test_
  """)

// MARK: - Paths and addresses

private func isPath(_ value: Span<UInt8>) -> Bool {
  switch value[0] {
  case UInt8(ascii: "/"):
    // A base64 secret may open with a slash and hold more; a path has names between them.
    return value.indices.dropFirst().contains { value[$0] == UInt8(ascii: "/") }
      && shannonEntropy(of: value) < 4.3
  case UInt8(ascii: "."), UInt8(ascii: "~"):
    return value.count > 1 && value.containsByte(UInt8(ascii: "/"))
  default:
    return pathMarks.isInside(value) || fileEndings.ends(value) && value.allBytes(isNameByte)
  }
}

private let pathMarks = WordList(#":// :\ /../ node_modules/ /secrets/ /run/ /etc/ /var/"#)

private let fileEndings = WordList(
  """
  .json .yaml .yml .txt .pem .crt .cer .env .conf .cfg .ini .properties .toml .csv .log .sqlite .p12
  .jks .pfx .gz .zip .png .svg .jpg .css .js .ts .py .go .rb .php .html .htm .java .md .sh .xml .key
  """)

private func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): true
  default: isLetter(byte) || isDigit(byte)
  }
}

/// `user@mail.example.org`, `db.internal:5432`, a host by its name.
private func isAddress(_ value: Span<UInt8>) -> Bool {
  var at: Int?
  var colon: Int?
  var dots = 0
  for index in value.indices {
    let byte = value[index]
    switch byte {
    case UInt8(ascii: "@"):
      guard at == nil, index > 0, colon == nil else { return false }
      (at, dots) = (index, 0)
    case UInt8(ascii: ":"):
      guard colon == nil else { return false }
      colon = index
    case UInt8(ascii: "."): dots += 1
    default:
      guard isNameByte(byte) || byte == UInt8(ascii: "+") && at == nil else { return false }
      if let colon, index > colon, !isDigit(byte) { return false }
    }
  }
  if let colon {
    let port = value.count - colon - 1
    let host = value.extracting(..<colon)
    return (2...5).contains(port) && (dots > 0 || hostNames.isWord(host))
      && host.allBytes { !($0 &- 0x41 < 26) }
  }
  guard at != nil, dots > 0 else { return false }
  // A top-level domain: small letters after the last dot.
  guard let dot = value.indices.last(where: { value[$0] == UInt8(ascii: ".") }) else {
    return false
  }
  let domain = value.extracting((dot + 1)...)
  return (2...10).contains(domain.count) && domain.allBytes { $0 &- 0x61 < 26 }
}

private let hostNames = WordList("localhost redis postgres mysql mongo rabbitmq kafka db")

// MARK: - Numbers, dates, versions

/// What has no letters but those of a number, a version or an address: `1.5e-7`, `v1.2.3-rc1`,
/// `10.0.0.1/24`, `0x7ffe2a`.
private func isNumeric(_ value: Span<UInt8>) -> Bool {
  var rest = value
  if rest.count > 2 && rest[0] == UInt8(ascii: "0") && folded(rest[1]) == UInt8(ascii: "x") {
    return rest.count <= 18 && rest.extracting(2...).allBytes(isHexDigit)
  }
  if folded(rest[0]) == UInt8(ascii: "v") { rest = rest.extracting(1...) }
  guard !rest.isEmpty, isDigit(rest[0]) || rest[0] == UInt8(ascii: "-") else { return false }
  let isNumber = rest.allBytes {
    switch $0 {
    case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "e"),
      UInt8(ascii: "E"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: ","):
      true
    default: isDigit($0)
    }
  }
  // Digits alone are for the key to judge: a number under `token`, a password under `password`.
  if isNumber { return !rest.allBytes(isDigit) || rest.count != value.count }
  return isVersion(rest)
}

/// `1.2.3-beta.1+build5`: two dots between numbers, and words after them.
private func isVersion(_ value: Span<UInt8>) -> Bool {
  var dots = 0
  var index = 0
  while index < value.count, isDigit(value[index]) || value[index] == UInt8(ascii: ".") {
    if value[index] == UInt8(ascii: ".") { dots += 1 }
    index += 1
  }
  guard dots == 2, index < value.count, value.count <= 40 else { return false }
  guard value[index] == UInt8(ascii: "-") || value[index] == UInt8(ascii: "+") else {
    return false
  }
  return value.extracting(index...).allBytes {
    isNameByte($0) && $0 != UInt8(ascii: "/") || $0 == UInt8(ascii: "+")
  }
}

/// `^3.0.0`, `~> 1.2`, `>=2.1.4`: what a package asks for.
private func isVersionRange(_ value: Span<UInt8>) -> Bool {
  var index = 0
  while index < value.count, versionSigns(value[index]) { index += 1 }
  guard index > 0, index < value.count, isDigit(value[index]) else { return false }
  let rest = value.extracting(index...)
  return rest.containsByte(UInt8(ascii: ".")) && rest.count <= 60
    && rest.allBytes {
      isDigit($0) || $0 == UInt8(ascii: ".") || folded($0) == UInt8(ascii: "x") || versionSigns($0)
        || $0 == UInt8(ascii: "|")
    }
}

private func versionSigns(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "^"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "<"),
    UInt8(ascii: "="), UInt8(ascii: " "):
    true
  default: false
  }
}

/// `2024-01-15T10:00:00Z`, `2024/01/15 10:00`: a year, a month and a day, and a time behind them.
private func isDate(_ value: Span<UInt8>) -> Bool {
  guard value.count >= 10, value.count <= 40 else { return false }
  for index in 0..<10 {
    switch index {
    case 4, 7:
      guard value[index] == UInt8(ascii: "-") || value[index] == UInt8(ascii: "/") else {
        return false
      }
    default: guard isDigit(value[index]) else { return false }
    }
  }
  return value.count == 10
    || [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " "), UInt8(ascii: "_")]
      .contains(value[10])
}

/// RFC 9562 text form.
func isUUID(_ value: Span<UInt8>) -> Bool {
  guard value.count == 36 else { return false }
  for index in value.indices {
    switch index {
    case 8, 13, 18, 23: guard value[index] == UInt8(ascii: "-") else { return false }
    default: guard isHexDigit(value[index]) else { return false }
    }
  }
  return true
}

// MARK: - Code

/// `TOKEN_TYPE_EMPTY`: capitals and underscores, as code names what never changes.
private func isConstant(_ value: Span<UInt8>) -> Bool {
  value[0] != UInt8(ascii: "_") && value.containsByte(UInt8(ascii: "_"))
    && value.allBytes { $0 &- 0x41 < 26 || $0 == UInt8(ascii: "_") }
}

/// What regular expressions and formats hold, and hardly any secret.
private let patternMarks = WordList(
  "(?: (?= (?! (?< [[: [^ [a-z [0-9 [{} \\s* \\s+ \\w+ \\d+ {}.{} %s|%s")

/// `getToken(2)`, `config["key"]`: a name, and brackets up to the end.
private func isCall(_ value: Span<UInt8>) -> Bool {
  let last = value[value.count - 1]
  guard last == UInt8(ascii: ")") || last == UInt8(ascii: "]") else { return false }
  guard isLetter(value[0]) || value[0] == UInt8(ascii: "_") else { return false }
  for index in value.indices {
    switch value[index] {
    case UInt8(ascii: "("), UInt8(ascii: "["): return index > 1
    case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "$"), UInt8(ascii: ":"): continue
    default: guard isLetter(value[index]) || isDigit(value[index]) else { return false }
    }
  }
  return false
}
