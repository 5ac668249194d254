/// Reads the values of Terraform and other HCL: blocks with labels, attributes, objects, lists.
///
/// `resource "aws_db" "main" { password = "…" }` has the path `$.resource.aws_db.main.password`.
/// Expressions are passed over, but the texts and objects in them are read: `jsonencode({ … })`.
enum HCLValues {
  private static let deepest = 64

  /// - Returns: nil if the braces do not fit, or lie too deep.
  static func all(in bytes: [UInt8], hiding secrets: SecretRanges) -> [StructuredValue]? {
    var reader = Reader(bytes: bytes, secrets: secrets)
    guard reader.readBody(path: StructurePath(), isNested: false, depth: 0) else { return nil }
    return reader.values
  }

  private struct Reader {
    let bytes: [UInt8]
    let secrets: SecretRanges
    var values: [StructuredValue] = []
    private var position = 0

    init(bytes: [UInt8], secrets: SecretRanges) {
      self.bytes = bytes
      self.secrets = secrets
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// - Returns: whether it ended where it had to.
    mutating func readBody(path: StructurePath, isNested: Bool, depth: Int) -> Bool {
      guard depth < deepest else { return false }
      while true {
        skipBlanks(withLines: true)
        guard let byte else { return !isNested }
        if byte == UInt8(ascii: "}") {
          position += 1
          return isNested
        }
        guard let name = readName() else {
          position += 1
          continue
        }
        guard readMember(name, path: path, depth: depth) else { return false }
      }
    }

    /// A block with its labels, or an attribute.
    private mutating func readMember(
      _ name: Range<Int>, path: StructurePath, depth: Int
    ) -> Bool {
      var inner = path.appending(secrets.shown(bytes[name]))
      while true {
        skipBlanks(withLines: false)
        switch byte {
        case UInt8(ascii: "{"):
          position += 1
          return readBody(path: inner, isNested: true, depth: depth + 1)
        case UInt8(ascii: "="), UInt8(ascii: ":"):
          position += 1
          return readExpression(key: secrets.shown(bytes[name]), path: inner, depth: depth)
        default:
          guard let label = readName() else { return true }
          inner = inner.appending(secrets.shown(bytes[label]))
        }
      }
    }

    /// Everything up to the end of the line, or of what it stands in.
    private mutating func readExpression(key: String?, path: StructurePath, depth: Int) -> Bool {
      var open = 0
      var index = 0
      while let byte {
        switch byte {
        case UInt8(ascii: "\""):
          readText(key: key, path: open > 0 ? path.appending(index: index) : path)
        case UInt8(ascii: "{"):
          position += 1
          let inner = open > 0 ? path.appending(index: index) : path
          guard readBody(path: inner, isNested: true, depth: depth + 1) else { return false }
        case UInt8(ascii: "<") where bytes[position...].starts(with: "<<".utf8):
          readHeredoc(key: key, path: path)
        case UInt8(ascii: "["), UInt8(ascii: "("):
          open += 1
          position += 1
        case UInt8(ascii: "]"), UInt8(ascii: ")"):
          open -= 1
          position += 1
        case UInt8(ascii: ",") where open > 0:
          index += 1
          position += 1
        case UInt8(ascii: "}"): return true
        case UInt8(ascii: ","), UInt8(ascii: "\n"):
          if open <= 0 { return true }
          position += 1
        case UInt8(ascii: "#"), UInt8(ascii: "/"): skipComment()
        default: position += 1
        }
      }
      return true
    }

    private mutating func readText(key: String?, path: StructurePath) {
      let start = position + 1
      var content: [UInt8] = []
      var isTemplate = false
      position = start
      while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\n") {
        if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
          content.append(unescaped(bytes[position + 1]))
          position += 2
        } else if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "%"),
          position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "{")
        {
          isTemplate = true
          skipTemplate()
        } else {
          content.append(byte)
          position += 1
        }
      }
      values.append(
        StructuredValue(
          path: path.text, key: key, range: start..<position, isText: !isTemplate,
          content: content))
      if byte == UInt8(ascii: "\"") { position += 1 }
    }

    private func unescaped(_ byte: UInt8) -> UInt8 {
      switch byte {
      case UInt8(ascii: "n"): 0x0A
      case UInt8(ascii: "r"): 0x0D
      case UInt8(ascii: "t"): 0x09
      default: byte
      }
    }

    /// `${ … }`, in which quotes and braces may stand.
    private mutating func skipTemplate() {
      position += 2
      var open = 1
      while let byte, byte != UInt8(ascii: "\n"), open > 0 {
        if byte == UInt8(ascii: "{") { open += 1 }
        if byte == UInt8(ascii: "}") { open -= 1 }
        position += 1
      }
    }

    /// `<<END` and the lines up to one that is `END` alone.
    private mutating func readHeredoc(key: String?, path: StructurePath) {
      let lineEnd = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let mark = trimmed(bytes[(position + 2)..<lineEnd]).drop { $0 == UInt8(ascii: "-") }
      guard !mark.isEmpty, lineEnd < bytes.count else {
        position = lineEnd
        return
      }
      let start = lineEnd + 1
      var line = start
      while line < bytes.count {
        let end = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        if trimmed(bytes[line..<end]).elementsEqual(mark) {
          values.append(
            StructuredValue(
              path: path.text, key: key, range: start..<line, isText: true,
              content: Array(bytes[start..<line])))
          position = end
          return
        }
        line = end + 1
      }
      position = bytes.count
    }

    private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
      var text = text.drop { $0 <= UInt8(ascii: " ") }
      while let last = text.last, last <= UInt8(ascii: " ") { text.removeLast() }
      return text
    }

    /// An identifier, or a text in quotes.
    private mutating func readName() -> Range<Int>? {
      if byte == UInt8(ascii: "\"") {
        let start = position + 1
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != 0x0A {
          end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        end = min(end, bytes.count)
        position = min(end + 1, bytes.count)
        return start..<end
      }
      let start = position
      while let byte, isNameByte(byte) { position += 1 }
      return start < position ? start..<position : nil
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte >= 0x80
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private mutating func skipBlanks(withLines: Bool) {
      while let byte {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0D: position += 1
        case UInt8(ascii: "\n"), UInt8(ascii: ","), UInt8(ascii: ";"):
          guard withLines else { return }
          position += 1
        case UInt8(ascii: "#"), UInt8(ascii: "/"):
          guard withLines else { return }
          skipComment()
        default: return
        }
      }
    }

    /// Up to the end of the line or of `/* */`; a lone slash is passed over.
    private mutating func skipComment() {
      let rest = bytes[position...]
      if rest.starts(with: "/*".utf8) {
        position += 2
        while position < bytes.count, !bytes[position...].starts(with: "*/".utf8) { position += 1 }
        position = min(position + 2, bytes.count)
      } else if rest.first == UInt8(ascii: "#") || rest.starts(with: "//".utf8) {
        position = rest.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      } else {
        position += 1
      }
    }
  }
}
