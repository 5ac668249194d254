/// How a format writes text that stands inside of it.
package enum TextEncoding: String, Sendable {
  case plain, json, json2, json3, percent, percent2, form, xml, sql, csv, cef, python, shell, html

  package func encoded(_ text: String) -> String {
    switch self {
    case .plain: text
    case .json: Self.json(text)
    case .json2: Self.json(Self.json(text))
    case .json3: Self.json(Self.json(Self.json(text)))
    case .percent: Self.percent(text)
    case .percent2: Self.percent(Self.percent(text))
    case .form: Self.percent(text).replacing("%20", with: "+")
    case .xml: Self.xml(text)
    case .html: Self.xml(text).replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    case .sql: text.replacing("'", with: "''")
    case .csv: text.replacing("\"", with: "\"\"")
    case .cef: text.replacing("\\", with: "\\\\").replacing("=", with: "\\=")
    case .python:
      text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        .replacing("\n", with: "\\n")
    case .shell: text.replacing("'", with: #"'\''"#)
    }
  }

  /// As a JSON string holds it (RFC 8259 §7).
  private static func json(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      .replacing("\r", with: "\\r").replacing("\t", with: "\\t")
      .replacing("\u{1B}", with: "\\u001b")
  }

  private static func xml(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  private static func percent(_ text: String) -> String {
    var output = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        output.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        output += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return output
  }
}
