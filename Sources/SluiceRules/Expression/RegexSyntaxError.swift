/// Why an expression is not one that rules may use.
///
/// The parser accepts less than PCRE2 does, and nothing that PCRE2 10.42 refuses, apart from
/// limits on the size of the compiled code.
package struct RegexSyntaxError: Error, Hashable {
  /// Offset in bytes into the UTF-8 of the expression.
  package let offset: Int
  /// What is wrong there; lower case, no full stop.
  package let problem: String
}
