/// Pieces that many expressions share, written `{{name}}` or `{{name:number}}` in a rule file.
///
/// How a key and its value are written in env files, logfmt, JSON, JSON in JSON, YAML, code, URLs
/// and HTML is stated here once; a rule says which keys and how long the value is at least.
package enum Fragments {
  /// The expression with every fragment in its place.
  ///
  /// Unknown names stay as they are; see
  /// `unknownNames(in:)`.
  package static func expanded(_ expression: String) -> String {
    guard expression.contains("{{") else { return expression }
    var output = ""
    var rest = expression[...]
    while let opening = rest.firstRange(of: "{{"),
      let closing = rest[opening.upperBound...].firstRange(of: "}}")
    {
      output += rest[..<opening.lowerBound]
      let reference = rest[opening.upperBound..<closing.lowerBound]
      output += text(of: reference) ?? "{{\(reference)}}"
      rest = rest[closing.upperBound...]
    }
    return output + rest
  }

  /// What looks like the name of a fragment and is none.
  package static func unknownNames(in expression: String) -> [String] {
    let parts = expression.split(separator: "{{", omittingEmptySubsequences: false)
    return parts.dropFirst().compactMap { part in
      guard let closing = part.firstRange(of: "}}") else { return nil }
      let reference = part[..<closing.lowerBound]
      let isName = reference.utf8.allSatisfy {
        $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ":")
      }
      return isName && text(of: reference) == nil ? String(reference) : nil
    }
  }

  private static func text(of reference: Substring) -> String? {
    let parts = reference.split(separator: ":", maxSplits: 1)
    guard let name = parts.first else { return nil }
    let number = parts.count == 2 ? Int(parts[1]) : nil
    switch (name, number) {
    case ("assigned", nil): return assigned
    case ("assign", nil): return assign
    case ("key", nil): return key
    case ("value", let minimum?): return value(minimum, blanks: false)
    case ("phrase", let minimum?): return value(minimum, blanks: true)
    case ("uri-password", let minimum?): return uriPassword(shortestUser: minimum)
    default: return nil
    }
  }

  // MARK: - Keys

  /// Between a key and a value of known form: the key's closing quote, plain or escaped, the
  /// separator, the value's opening quote.
  private static let assigned = keyEnd + separator + #"(?:\\{0,7}["'])?"#

  /// After a word that begins a key's name: the rest of the name, and what is between a key and a
  /// value of known form, also in `{"name": "…", "value": "…"}` and in a call.
  private static let key =
    #"[A-Za-z0-9_.-]{0,40}+(?:"# + nameAndValue + #"(?:\\{0,7}["'])?|"# + assigned
    + #"|[ \t]{0,4}\([ \t]{0,4}\\{0,7}["'])"#

  private static let keyEnd = #"(?:\\{0,7}["'])?\]?"#
  private static let separator = #"[ \t]{0,8}(?:=>|:=|={1,3}|:)[ \t]{0,8}"#

  /// `{"name": "DB_PASSWORD", "value": "…"}`, from the quote after the name on.
  private static let nameAndValue =
    #"\\{0,7}["'][ \t,]{1,5}(?:\\{0,7}["'])?value(?:\\{0,7}["'])?[ \t]{0,4}[:=][ \t]{0,4}"#

  /// Between a key and a value of any form; the value's quote is not taken.
  private static let assign: String = {
    let colour = #"(?:\x1b\[[0-9;]{0,8}m)?"#
    let quotedKeyEnd = #"(?:\\{0,7}["'`]|&(?:quot|#34|#39);)?\]?"#
    // let password: String = "…"
    let typed = #":[ \t]{0,4}&?[a-z]{3,12}\??[ \t]{0,4}=[ \t]{0,4}(?=["'])"#
    return "(?:\(nameAndValue)|\(typed)|\(colour)\(quotedKeyEnd)\(separator)\(colour))"
  }()

  // MARK: - Values

  /// A value in the quotes of any format, or bare; the group `secret` is what is inside.
  ///
  /// It has `minimum` bytes or more. With `blanks`, a quoted value may hold blanks, as a pass
  /// phrase does; prose that begins like a sentence is left out then.
  private static func value(_ minimum: Int, blanks: Bool) -> String {
    let outside = blanks ? #"\r\n"# : #"\s"#
    let repeated = "{\(minimum),}+"
    let end = blanks ? "" : #"(?![ \t])"#
    // A sigil and letters only: a variable, a symbol, a YAML tag.
    let notVariable = #"(?![$@:%*!?#][a-z_]{1,60}(?:[^\w]|$))"#
    // After a closing quote that was taken for an opening one.
    let notAfterValue = #"(?![,;)\]}+.][ \t])"#
    let sentence = #"""
      (?!(?-i:[A-Z][a-z]{0,20} [a-z]{1,20}[ .,:!?"'\\])\#
      |(?:is|must|should|can|cannot|has|was|not|too|does|the|your|no|a|an|please|enter|and|or) )
      """#
    let guards = notAfterValue + (blanks ? sentence : "") + notVariable
    // A reverse domain name, or an object printed with its address.
    let notIdentity = #"""
      (?!(?:com|org|net|java|javax|android|io)\.[a-z])\#
      (?![a-z_][\w.$]{0,120}@[0-9a-f]{6,8}(?:[^\w]|$))
      """#
    let notCall = #"(?![a-z_][\w.]{0,80}[(\[{<])"#
    let nonASCII = blanks ? "" : #"\x80-\xff"#
    /// Bytes of a class with escapes between them. The loop is unrolled, so that a long value
    /// costs a step for each escape and not for each byte, and the length is looked at before.
    func secret(_ bytes: String, escapes: String? = nil) -> String {
      guard let escapes else { return "(?<secret>[\(bytes)]\(repeated))" }
      return "(?=(?:[\(bytes)]|\(escapes)){\(minimum)})"
        + "(?<secret>[\(bytes)]*+(?:(?:\(escapes))[\(bytes)]*+)*+)"
    }
    let doubleQuoted = #"^"\\"# + outside
    let singleQuoted = #"^'\\"# + outside
    let bare = #"^\s"'\\&,;<>(){}\[\]`\x00-\x1f\x7f"# + nonASCII
    let alternatives = [
      // \"…\": a JSON string in a JSON string
      #"\\""# + guards + secret(doubleQuoted, escapes: #"\\\\\\["\\]|\\[^"\#(outside)]"#) + end,
      // \\\"…\\\": nested more deeply
      #"\\{2,15}""# + guards + secret(doubleQuoted, escapes: #"\\(?!\\{0,14}")"#) + end,
      #"""# + guards + secret(doubleQuoted, escapes: #"\\[^\#(outside)]"#) + end,
      #"\\{1,7}'"# + guards + secret(singleQuoted) + end,
      "'" + guards + secret(singleQuoted, escapes: #"\\[^\#(outside)]"#) + end,
      "`" + guards + secret("^`" + outside) + end,
      "&(?:quot|#34|#39);" + notVariable + secret("^&<>" + outside),
      // JSON may write a slash with a backslash before it.
      notVariable + (blanks ? "" : notIdentity) + notCall + secret(bare, escapes: #"\\{1,7}/"#),
    ]
    return "(?|\(alternatives.joined(separator: "|")))"
  }

  // MARK: - URIs

  /// What follows a scheme: `://user:password@host`, with `/` plain or escaped.
  ///
  /// The group `secret` is the password. A password with reserved characters is taken whole when
  /// what follows is a host.
  private static func uriPassword(shortestUser: Int) -> String {
    #"""
    :\\?/\\?/[^\s:@/"'\\<>`]{\#(shortestUser),128}:\#
    (?!\[REDACTED|(?:password|passwd|pass|PASSWORD)@)\#
    (?|(?<secret>[^\s"'\\<>`/?#]{1,256})@(?=[^\s@/?#"'\\<>]{1,255}+(?![#@]))\#
    |(?![0-9]{1,5}[/?,#])(?<secret>[^\s"'\\<>`]{1,256}?)@\#
    (?=[A-Za-z0-9_\[][^\s@/?#"'\\<>]{0,255}+(?![#@])))
    """#
  }
}
