/// How far an expression is changed until Hyperscan takes it; the least comes first.
///
/// Every form accepts at least what the expression accepts: without its look-arounds, possessive
/// repeats or upper bounds it only matches more.
enum Form: Int, CaseIterable, Comparable {
  /// As the rule file has it.
  case original
  /// Without look-arounds and names; atomic groups, branch resets and possessive repeats become
  /// ordinary groups and repeats.
  case plain
  /// Also with `{m,n}` as `{m,}` where `n` is above 32, and `m` at most that.
  case loose
  /// The same from 8 on.
  case looser

  private var longestRepeat: Int {
    switch self {
    case .original, .plain: Int.max
    case .loose: 32
    case .looser: 8
    }
  }

  static func < (left: Form, right: Form) -> Bool { left.rawValue < right.rawValue }

  func applied(to expression: String) -> String {
    guard self != .original else { return expression }
    var output = ""
    var rest = expression[...]
    var isAfterRepeat = false
    while let character = rest.first {
      if character == "+" && isAfterRepeat {
        rest.removeFirst()
        isAfterRepeat = false
        continue
      }
      isAfterRepeat = false
      switch character {
      case "\\":
        output += rest.prefix(2)
        rest = rest.dropFirst(2)
      case "[":
        let length = Self.classLength(rest)
        output += rest.prefix(length)
        rest = rest.dropFirst(length)
      case "(" where Self.isLookAround(rest):
        rest = rest.dropFirst(Self.groupLength(rest))
      case "(" where rest.hasPrefix("(?>") || rest.hasPrefix("(?|"):
        output += "(?:"
        rest = rest.dropFirst(3)
      case "(" where rest.hasPrefix("(?<"):
        // The same name may come twice where branches reset the numbers.
        output += "(?:"
        rest = rest.drop { $0 != ">" }.dropFirst()
      case "{":
        let length = rest.prefix { $0 != "}" }.count + 1
        output += repeatText(rest.prefix(length))
        rest = rest.dropFirst(length)
        isAfterRepeat = true
      default:
        output.append(character)
        rest.removeFirst()
        isAfterRepeat = character == "*" || character == "+" || character == "?"
      }
    }
    return output
  }

  /// `{m}`, `{m,}` or `{m,n}`, loosened if this form does that.
  private func repeatText(_ text: Substring) -> String {
    let bounds = text.dropFirst().dropLast().split(
      separator: ",", omittingEmptySubsequences: false)
    guard let least = bounds.first.flatMap({ Int($0) }) else { return String(text) }
    let most = bounds.count == 1 ? least : Int(bounds[1]) ?? Int.max
    guard self > .plain, most > longestRepeat else { return String(text) }
    return "{\(min(least, longestRepeat)),}"
  }

  private static func isLookAround(_ text: Substring) -> Bool {
    ["(?=", "(?!", "(?<=", "(?<!"].contains { text.hasPrefix($0) }
  }

  /// Length of the class that `text` begins with.
  private static func classLength(_ text: Substring) -> Int {
    let characters = Array(text)
    var index = characters.dropFirst().first == "^" ? 2 : 1
    // A bracket in first place stands for itself.
    if index < characters.count, characters[index] == "]" { index += 1 }
    while index < characters.count, characters[index] != "]" {
      if characters[index] == "\\" {
        index += 1
      } else if characters[index] == "[", characters[index...].dropFirst().first == ":" {
        while index < characters.count, characters[index] != "]" { index += 1 }
      }
      index += 1
    }
    return min(index + 1, characters.count)
  }

  /// Length of the group that `text` begins with.
  private static func groupLength(_ text: Substring) -> Int {
    var rest = text
    var depth = 0
    repeat {
      var length = 1
      switch rest.first {
      case "\\": length = 2
      case "[": length = classLength(rest)
      case "(": depth += 1
      case ")": depth -= 1
      default: break
      }
      rest = rest.dropFirst(length)
    } while depth > 0 && !rest.isEmpty
    return text.count - rest.count
  }
}
