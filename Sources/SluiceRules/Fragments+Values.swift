extension Fragments {
  /// A value in the quotes of any format, or bare; the group `secret` is what is inside.
  ///
  /// It has `minimum` bytes or more. With `blanks`, a quoted value may hold blanks, as a pass
  /// phrase does, and a bare one the marks that people put into passwords; prose that begins like
  /// a sentence is left out then.
  static func value(_ minimum: Int, blanks: Bool) -> String {
    let outside = blanks ? #"\r\n"# : #"\s"#
    let end = blanks ? "" : #"(?![ \t])"#
    let guards = notAfterValue + (blanks ? notSentence : "") + notVariable
    /// Bytes of a class with escapes between them. The loop is unrolled, so that a long value
    /// costs a step for each escape and not for each byte, and the length is looked at before.
    func secret(_ bytes: String, escapes: String? = nil) -> String {
      guard let escapes else { return "(?<secret>[\(bytes)]{\(minimum),}+)" }
      return "(?=(?:[\(bytes)]|\(escapes)){\(minimum)})"
        + "(?<secret>[\(bytes)]*+(?:(?:\(escapes))[\(bytes)]*+)*+)"
    }
    let doubleQuoted = #"^"\\"# + outside
    let singleQuoted = #"^'\\"# + outside
    let bare = #"^\s"'\\&,;<>(){}\[\]`\x00-\x1f\x7f"# + (blanks ? "" : #"\x80-\xff"#)
    // JSON may write a slash with a backslash before it, and CEF writes `=` so.
    let bareEscapes = #"\\{1,7}[/=]"# + (blanks ? "|" + markInside : "")
    let alternatives =
      [
        // '\''…'\'' in a shell, ""…"" in CSV, ''…'' in SQL: a quote in a text in the same quotes.
        #"'\\''"# + notVariable + secret(#"^'\\\s"#) + #"(?='\\'')"#,
        #"""(?=[^"\s,;)}\]&:])"# + notVariable + secret(#"^"\s"#) + #"(?="")"#,
        "''(?=[^'\\s,;)}\\]&:])" + notVariable + secret(#"^'\s"#) + "(?='')",
        // \"…\": a JSON string in a JSON string
        #"\\""# + guards + secret(doubleQuoted, escapes: #"\\\\\\["\\]|\\[^"\#(outside)]"#) + end,
        // \\\"…\\\": nested more deeply
        #"\\{2,15}""# + guards + secret(doubleQuoted, escapes: #"\\(?!\\{0,14}")"#) + end,
        #""(?:"")?+"# + guards + secret(doubleQuoted, escapes: #"\\[^\#(outside)]"#) + end,
        #"\\{1,7}'"# + guards + secret(singleQuoted) + end,
        // A quote inside is doubled in SQL and YAML, and spliced in a shell.
        #"'"# + guards
          + secret(singleQuoted, escapes: #"\\[^\#(outside)]|'\\''|''(?=[^\s,;)\]}])"#) + end,
        "`" + guards + secret("^`" + outside) + end,
        #"&(?:quot|apos|#34|#39);"# + notVariable + secret("^&<>" + outside, escapes: entityInside),
        percentEncoded(minimum),
        #"\\{1,3}u002[27]"# + notVariable + secret(#"^\s"'\\"#, escapes: #"\\{1,3}u00(?!2[27])"#),
        elementText(minimum, outside: outside),
      ] + (blanks ? [fourWords] : []) + [
        notBracket + notProse + notMaskLabel + notVariable + (blanks ? "" : notIdentity) + notCall
          + secret(bare, escapes: bareEscapes)
      ]
    return "\(literalMark)(?|\(alternatives.joined(separator: "|")))"
  }

  // MARK: - What begins no value

  /// A sigil and letters only: a variable, a symbol, a YAML tag.
  private static let notVariable =
    #"(?![$@:%*!?#][a-z_]{1,60}(?:[\s"'`\\,;()\[\]{}&<>|.:/-]|$))"#

  /// After a closing quote that was taken for an opening one.
  private static let notAfterValue = #"(?![,;)\]}+.][ \t])"#

  private static let notSentence = #"""
    (?!(?-i:[A-Z][a-z]{0,20} [a-z]{1,20}[ .,:!?"'\\])\#
    |(?:is|must|should|can|cannot|has|was|not|too|does|the|your|no|a|an|please|enter|and|or) )
    """#

  /// A reverse domain name, or an object printed with its address.
  private static let notIdentity = #"""
    (?!(?:com|org|net|java|javax|android|io)\.[a-z])\#
    (?![a-z_][\w.$]{0,120}@[0-9a-f]{6,8}(?:[^\w]|$))
    """#

  private static let notCall =
    #"(?![a-z_$][\w.$]{0,80}(?:[(\[{]|<(?-i:[A-Z])|\|\||&&|\?\?))"#

  /// After a blank, a bare word of small letters is prose (`password: incorrect, try again`) unless
  /// it ends the line, as in YAML, or another pair or a brace follows.
  private static let notProse = #"""
    (?:(?<![ \t])|(?=(?-i:[a-z]{0,64}+[^a-z\s.,;:!?"'\\)\]}]))|(?=[!?.]{1,3}[a-z0-9@#$%])\#
    |(?=[a-z]{1,64}+(?:[ \t]{0,2}\}|,[ \t]{1,4}\\{0,7}["']?[\w.-]{1,40}\\{0,7}["']?[ \t]?[:=]))\#
    |(?=[a-z]{1,64}+[ \t]{0,8}(?:[\r\n#"\\<]|'(?![a-z])|$)))
    """#

  /// Nor what follows a placeholder: `<user>:<password>@host`.
  private static let notBracket = #"(?![()\[\]{}<,;&]|(?<=>)@)"#

  /// The fingerprint in a mask that a filter before this one wrote: `[REDACTED:x-token:3f9c21ab]`.
  private static let notMaskLabel = #"(?!(?<=:)[0-9a-f]{8}\])"#

  /// Four groups of four letters, as a mail service makes passwords for programs.
  private static let fourWords = #"(?<secret>[a-z]{4}(?: [a-z]{4}){3})(?![A-Za-z0-9 ])"#

  // MARK: - What goes on inside a value

  /// A mark in a bare value that neither ends it nor begins the next pair.
  private static let markInside = #"""
    &(?![\w.\[\]-]{1,40}\\?=|(?:amp|quot|lt|gt|apos|#[0-9]{2,3});)(?=[^\s"'\\<>,;&)}\]])\#
    |[,;](?![\w.-]{1,40}[=:])(?=[^\s"'\\<>,;&)}\]\[({\x1b])\#
    |[()\[\]{}](?=[a-z0-9!@#$%^*+=_~?|-])|<(?=[0-9!@#$%^*+=_~|.-])
    """#

  private static let entityInside = #"&(?!quot|apos|#34|#39)[#a-z0-9]{2,6};"#

  /// A value in percent encoding, once or twice, after a separator in it.
  private static func percentEncoded(_ minimum: Int) -> String {
    // Ends at a quote, a blank or a line end, and at a mark before the next pair.
    let end = #"""
      (?:25){0,2}(?:22|60|27(?=[&\s]|$|%(?:25){0,2}(?:2[06Cc9]|7[Dd]|5[Dd]|3[AaBbDd]|0[AaDd]))|20|0[AaDd]|7[Dd]|5[DdCc]|3[Cc]%(?:25){0,2}2[Ff]\#
      |(?:26|2[Cc]|3[Bb])(?:%(?:25){0,2}20)?(?:%(?:25){0,2}22|[\w.-]{1,40}(?:=|%(?:25){0,2}3[AaDd])))
      """#
    return #"""
      (?<=%3[AaDdEe]|253[AaDd]|%3[AaDd]\+|%20|%28|%2[Cc])(?:(?:%5[Cc]){0,3}%(?:25){0,2}2[27])?+\#
      (?<secret>(?:[A-Za-z0-9_.~!*()'+/=@:$-]|%(?!\#(end))[0-9A-Fa-f]{2}){\#(minimum),}+)
      """#
  }

  /// The text of an element, up to its end tag.
  private static func elementText(_ minimum: Int, outside: String) -> String {
    #"""
    (?<=>|&gt;|%3[Ee]|u003[eE]|CDATA\[)(?<secret>(?:[^<>&%\\\#(outside)]\#
    |&(?!lt;/)[#a-zA-Z0-9]{2,6};|\\(?!\\{0,2}u003)|%(?!3[Cc]%2[Ff])){\#(minimum),}+)\#
    (?=</|\]\]>|&lt;/|%3[Cc]%2[Ff]|\\{1,3}u003[cC])
    """#
  }

  // MARK: - URIs

  /// What follows a scheme: `://user:password@host`, with `/` plain or escaped.
  ///
  /// The group `secret` is the password. A password with reserved characters is taken whole when
  /// what follows is a host.
  static func uriPassword(shortestUser: Int) -> String {
    let start =
      #":\#(slash)\#(slash)[^\s:@/"'\\<>`]{\#(shortestUser),128}:"#
      + #"(?!\[REDACTED|(?:password|passwd|pass|PASSWORD)@)"#
    return #"""
      (?|\#(start)(?<secret>[^\s"'\\<>`/?#]{1,256})@(?=[^\s@/?#"'\\<>]{1,255}+(?![#@]))\#
      |\#(start)(?![0-9]{1,5}[/?,#])(?<secret>[^\s"'\\<>`]{1,256}?)@\#
      (?=[A-Za-z0-9_\[][^\s@/?#"'\\<>]{0,255}+(?![#@]))\#
      |%(?:25)?3[Aa](?:%(?:25)?2[Ff]){2}[A-Za-z0-9_.~-]{\#(shortestUser),128}%(?:25)?3[Aa]\#
      (?<secret>(?:[A-Za-z0-9_.~!*()'+-]|%(?!(?:25)?40)[0-9A-Fa-f]{2}){1,256}+)%(?:25)?40)
      """#
  }
}
