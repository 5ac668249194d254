/// Text that goes into HTML.
enum Markup {
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// An element around content that is markup already.
  static func element(_ name: String, class style: String = "", _ content: String) -> String {
    "<\(name)\(style.isEmpty ? "" : " class=\"\(style)\"")>\(content)</\(name)>"
  }
}
