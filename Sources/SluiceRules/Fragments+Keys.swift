extension Fragments {
  // MARK: - Marks

  /// A quote as any format writes it: plain, behind backslashes (JSON in JSON), spliced in a shell,
  /// as an entity, in percent encoding, as a Unicode escape.
  static let quote =
    #"(?:'\\''|\\{0,7}["'`]|&(?:amp;)?(?:quot|apos|#34|#39);|(?:%5[Cc]){0,3}%(?:25){0,2}(?:2[27]|60)"#
    + #"|\\{1,3}u002[27])"#

  /// What a language writes before the quote of a literal: `b'…'`, `N'…'`, `@"…"`.
  static let literalMark = #"(?:[bBrRuUfLN@$]{1,2}(?=\\{0,7}["'`]))?+"#

  /// Colours, as bytes or as text.
  static let colour = #"(?:(?:\x1b|\\{1,3}(?:u001[bB]|x1[bB]|033|e))\[[0-9;]{0,8}m){0,2}"#

  /// `/`, which JSON may write with a backslash before it, and a URL in percent encoding.
  static let slash = #"(?:\\{0,7}/|%(?:25)?2[Ff])"#

  /// So many characters of base64, each `/` and `+` as JSON or a URL may write it.
  ///
  /// PCRE2 repeats the code of a group for each time that it may occur: a long one has no upper
  /// bound, and its loop is unrolled.
  static func base64(_ count: Substring) -> String {
    let plain = "[A-Za-z0-9+/]"
    let escaped = #"\\{1,2}/|%2[BbFf]"#
    let bounds = count.split(separator: ",", omittingEmptySubsequences: false)
    if let last = bounds.last, let longest = Int(last), longest <= 400 {
      return "(?:\(plain)|\(escaped)){\(count)}"
    }
    return "(?=(?:\(plain)|\(escaped)){\(bounds[0])})"
      + "\(plain)*+(?:(?:\(escaped))\(plain)*+)*+"
  }

  /// The padding of base64, if there is any.
  static let padding = #"(?:=|%3[Dd]|\\{1,3}u003[dD]){0,2}"#

  // MARK: - Between a key and its value

  /// The end of a key: a quote (two in CSV and SQL), an index, the parenthesis of a call, stars.
  private static let keyEnd =
    #"(?:\#(quote))?["']?(?:\[[0-9]{0,5})?(?:[\])}]|%5[Dd]|%29){0,2}\*{0,2}(?:[ \t]{1,4}(?:string|String|str))?"#

  /// The last two are the full-width `：` and `＝`.
  private static let separator = #"""
    (?:[ \t]|%20){0,40}(?:=>|:=|[?+]=|\\{0,3}={1,3}|::?|->(?![A-Za-z_])|\|\|(?=[ \t]{0,20}\\{0,7}["'`])|\?\?|(?<=[ \t])(?:\||or[ \t](?=\\{0,7}["']))\#
    |%(?:25){0,2}3[AaDd](?:%20|\+|%3[DdEe]){0,2}|\\{1,3}u003[aAdD]|&#(?:61|x3[dD]);\#
    |\xef\xbc(?:\x9a|\x9d))[ \t]{0,20}
    """#

  /// The value stands on the next line: a block in YAML, parentheses in code.
  private static let block =
    #"[ \t]{0,20}[:=](?!>)[ \t]{0,4}(?:[|>][-+0-9]{0,2}|\()[ \t]{0,4}(?:\r?\n|\\{1,3}n)[ \t]{1,40}"#

  /// What may stand between the parts of an object: blanks, line ends, a comma, a brace.
  private static let gap = #"(?:[ \t,{\r\n]{1,60}+|\\{1,7}[nrt]){1,3}+"#

  /// The same with a mark before a line end: a record that ends behind a key is not held back.
  private static let marked =
    #"[ \t]{0,8}(?:[,{]|\\{1,7}[nr])(?:[ \t{\r\n]{1,60}+|\\{1,7}[nrt]){0,3}+"#

  /// Parts of an object that say something else about the value.
  static let otherParts = #"""
    (?:\\{0,7}["']?(?i:type|in|kind|selector|required|description|schema|id|sensitive|scope|enabled\#
    |value_type|format|label|title|nullable|protected|masked|hidden|secret|env)\\{0,7}["']?\#
    [ \t]{0,4}[:=][ \t]{0,4}\#
    (?:\\{0,7}["'][^"'\\\r\n]{0,100}\\{0,7}["']|\[[^\]\r\n]{0,80}\]|[^\s,{}"'\\]{0,60})\#(gap)){0,3}
    """#

  /// `{"name": "DB_PASSWORD", "value": "…"}`, `<add key="x" value="…">`, `variable "x" {`, `default =`,
  /// from the end of the name on; up to three other parts stand between.
  private static let nameAndValue = #"""
    (?:\#(quote)(?:[ \t]{0,4}:)?(?:\#(marked)|[ \t]{1,8})|(?:[ \t]{0,4}:)?\#(marked))\#(otherParts)\#
    (?:\#(quote))?(?i:value|default|defaultValue|x-default|example|content)\\{0,7}["']?\#
    [ \t]{0,4}[:=][ \t]{0,4}|(?:\#(quote))?[ \t]{1,4}--(?:value|body|secret-string)[ =]
    """#

  /// A type between them: `let password: Option<String> = "…"`, `string Password { get; } = "…"`.
  private static let typed =
    #"(?::[ \t]{0,4}[A-Za-z&][\w.<>\[\]?'& ]{1,30}|[ ]\{[ ]?get;[^}\r\n]{0,30}\}[ ]?)=[ \t]{0,4}"#
    + #"(?:[\w.]{1,30}\((?:default[ ]?=[ ]?)?)?(?=\\{0,7}["'])"#

  /// `set("api_key", "…")`, `setPassword("…")`, `PASSWORD '…'`; a word of letters after a name in
  /// small letters is the next item of a list.
  private static let argument = #"""
    (?:(?:\#(quote))(?:%20|[ \t]){0,20}\)?(?:,|%2[Cc])(?:%20|[ \t]){0,20}\#
    (?!(?<=(?-i:[a-z])["'`],|(?-i:[a-z])["'`], )["'`][A-Za-z_]{1,24}["'`])|[ \t]{0,4}(?:\(|%28)[ \t]{0,4}\#
    |(?:[ \t]|%20){1,4})(?=[bN@]?\\{0,7}["'`]|%2[27]|&(?:quot|apos|#34|#39);)
    """#

  /// From the end of a tag's name, or of the attribute that names the key, to the element's text;
  /// also `<key>…</key><string>` and `<name>…</name><value>`.
  private static let element = #"""
    (?:\#(quote))?(?:[ \t][a-z:]{2,20}=[^<>\r\n]{0,40})?(?:>|&gt;|%3[Ee]|\\{1,3}u003[eE])\#
    (?:\s{0,40}<(?:value|string)>)?|</(?:key|name)>\s{0,40}(?:\\{1,7}[nrt][ \t]{0,40}){0,2}<(?:string|value)>
    """#

  /// A call that makes a secret of a literal: `SecretStr("…")`, `[]byte("…")`.
  private static let wrapper = #"""
    (?:(?:new )?[\w.\[\]-]{0,40}(?<=tring|str|cret|[Ss]ome|\.of|byte|ytes|from|code)\#
    [( ][ \t]{0,2}(?=\\{0,7}["'])|(?:(?<==>)\r?\n|\\{1,3}n)[ \t]{1,20}string\([0-9]{1,5}\) )?
    """#

  /// Between a key and a value of any form; the value's quote is not taken.
  ///
  /// No letter, digit or dot begins it: that is seen first. Atomic: what it takes is not given back, so that a value is read once and not once for every
  /// way to divide the blanks and quotes before it.
  static let assign = #"""
    (?=[^\w.])(?>\#(nameAndValue)|\#(keyEnd)\#(block)|\#(typed)|\#(argument)|(?:\#(element))(?:<!\[CDATA\[)?\#
    |\#(colour)\#(keyEnd)\#(separator)\#(colour)\#(wrapper))
    """#

  /// Between a key and a value of known form: with the value's opening quote.
  static let assigned = assign + literalMark + "(?:" + quote + ")?+"

  // MARK: - Keys

  /// Words that may follow a provider's name in prose: `Mailgun private API key: …`.
  private static let words = #"""
    (?:[ ](?i:api|app|auth|access|secret|private|personal|client|account|service|user|bot|key\#
    |token|password|secret|credentials?)(?![A-Za-z])){0,4}
    """#

  /// After a word that begins a key's name: the rest of the name, and what is between a key and a
  /// value of known form.
  ///
  /// Because the value's form is known, a blank or `is` is enough: `ENV ACME_KEY 4f…`.
  static let key = #"""
    [A-Za-z0-9_.-]{0,40}+\#(words)\#
    (?:\#(assigned)|(?<=[Kk]ey|KEY|oken|OKEN|cret|CRET|word|WORD)[ \t]{1,4}(?:is[ \t:]{1,4})?)
    """#

  /// What may follow the word that makes a name a key: `SECRET_KEY_PROD`, `password2`.
  static let suffix = #"""
    (?:[_.-]?(?:prod|production|dev|development|test|testing|stage|staging|stg|qa|live|main\#
    |primary|secondary|default|backup|old|new|current|prev|previous|next|admin|root|user|app|db\#
    |value|val|string|str|text|plain|plaintext|raw|[a-z]?[0-9]{1,3}))?
    """#

  /// Between the name of a header and its value, with the value's opening quote or bracket.
  static let header =
    #"(?>\#(nameAndValue)|\#(argument)|\#(colour)\#(keyEnd)\#(separator)\#(colour))\[?"#
    + "(?:" + quote + ")?+"

  // MARK: - Prose

  /// `for user jsmith on web01`, `for the weather service`.
  private static let owner = #"""
    (?:[ ](?:for|of)[ ](?:(?:the|my|user|account|role|login|service|database|db|host) ){0,2}\#
    ["'`]?[\w.@-]{1,40}["'`]?(?:[ ][\w.-]{1,40}){0,3}?)
    """#

  private static let verb = #"""
    [ ]{1,2}(?:(?:is|was|has been|to|now)[ ]){0,2}\#
    (?:is|was|to|from(?=[ ]["'`])|set to|changed to|updated to|reset to|now)[ :]{1,2}
    """#

  /// Between a key and a value that a sentence tells: `the token for ci is …`, `API key 4f…`.
  ///
  /// What follows is long and holds a digit.
  static let told = #"""
    (?=[^\w.])(?>\#(assign)|(?:\#(owner)?(?::[ ]|\#(verb))|[ \t]{1,2})\#
    (?!["'`]?[a-z_]{1,20}=)(?=["'`]?[A-Za-z0-9_+/=.~-]{16})(?=["'`]?[A-Za-z_+/=.~-]{0,40}[0-9]))
    """#

  /// The same for a password, which is short: a verb is needed, and a digit or a mark.
  static let toldPassword = #"""
    (?=[^\w.])(?>\#(assign)|(?:\#(owner)(?::[ ]|\#(verb))|\#(verb))\#
    (?=["'`]?[^\s"'`]{0,64}?[0-9@#$%^&*~+=|]))
    """#
}
