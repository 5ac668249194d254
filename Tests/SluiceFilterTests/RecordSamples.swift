import SluiceFilter
import SluiceRules
import SluiceScan

/// Small rules and texts of every record format, with secrets that are none.
enum RecordSamples {
  static let rules: CompiledRules = {
    let yaml = #"""
      rules:
        - id: key
          regex: 'key_[0-9]{8}'
        - id: number
          regex: '(?<![0-9])77[0-9]{10}(?![0-9])'
        - id: word
          regex: '(?i:password)["\\]*[=:]\s?["\\]*(?<secret>[a-z0-9]{6,40})'
        - id: block
          regex: 'BEGIN\n(?:[a-z]+\n){1,9}END'
        - id: long
          regex: 'long_[a-z]+'
      """#
    do {
      let rules = try RuleFile(named: "samples", requiresDocumentation: false).rules(in: yaml)
      return try CompiledRules(
        RuleSet(rules.map { try PlannedRule($0) }), limits: ScanLimits(window: 4096))
    } catch {
      preconditionFailure("the rules of the tests do not compile: \(error)")
    }
  }()

  /// A text of each format that holds every kind of record and secret.
  static func text(of format: RecordFormat) -> [UInt8] {
    switch format {
    case .jsonl: Array((jsonl + "{\"last\":\"key_12345678\"}").utf8)
    case .rsyslog: Array(rsyslog.utf8)
    case .omprog: Array("one key_12345678\n\npassword=abcdef1 \r\nkey_1234567\n".utf8)
    case .docker: Array(docker.utf8)
    case .cri: Array(cri.utf8)
    case .journald: journal
    }
  }

  static let jsonl = #"""
    {"a":"plain","b":[1,2.5e3,true,null,{}],"c":""}
    {"msg":"key_12345678 and key_87654321","n":1}
    {"escaped":"k\u0065y_12345678","quoted":"say \"key_12345678\"\n"}
    {"number":771234567890,"key_11112222":[771234567890,"x"]}
    {"inner":"{\"password\":\"abcdef1\"}","block":"BEGIN\nabc\ndef\nEND"}
    [1700000000.25,{"log":"password: abcdef1"}]
    not JSON, key_12345678
    {"broken":"key_12345678

    """# + "\n"

  static let rsyslog = #"""
    {"msg":" plain","rawmsg":"<13>a plain","$!":null}
    {"msg":" key_12345678","rawmsg":"<13>t key_12345678","syslogtag":"t","$!":{"k":["key_87654321"],"n":1}}
    {"msg":" block BEGIN\nabc\nEND","rawmsg":"<13>t block BEGIN\nabc\nEND","uuid":"x"}
    text with key_12345678 and "quotes"
    """# + "\n"

  static let docker = #"""
    {"log":"plain\n","stream":"stdout","time":"2027-01-31T10:00:00.1Z"}
    {"log":"begun key_1234","stream":"stdout","time":"2027-01-31T10:00:00.2Z"}
    {"log":"stderr key_87654321\n","stream":"stderr","time":"2027-01-31T10:00:00.3Z"}
    {"log":"5678 end\n","stream":"stdout","time":"2027-01-31T10:00:00.4Z"}
    {"log":"BEGIN\n","stream":"stdout","time":"2027-01-31T10:00:00.5Z"}
    {"log":"abc\n","stream":"stdout","time":"2027-01-31T10:00:00.6Z"}
    {"log":"END\n","stream":"stdout","time":"2027-01-31T10:00:00.7Z","attrs":{"env":"password=abcdef1"}}
    {"log":"say \"password=abcdef1\"\r\n","stream":"stdout","time":"2027-01-31T10:00:00.8Z"}
    not JSON key_12345678
    {"log":"end key_123456","stream":"stdout","time":"2027-01-31T10:00:00.9Z"}
    """# + "\n"

  static let cri = """
    2027-01-31T10:00:00.123456789Z stdout F plain
    2027-01-31T10:00:00.123456789Z stdout P begun key_12
    2027-01-31T10:00:00.123456789Z stderr F key_87654321
    2027-01-31T10:00:00.123456789Z stdout P 345
    2027-01-31T10:00:00.123456789Z stdout F 678 end
    2027-01-31T10:00:00.123456789Z stdout F BEGIN
    2027-01-31T10:00:00.123456789Z stdout F abc
    2027-01-31T10:00:00.123456789Z stdout F END
    2027-01-31T10:00:00.123456789Z stdout F\u{20}
    not CRI key_12345678
    2027-01-31T10:00:00.123456789Z stdout P last key_1234567
    """ + "\n"

  static let journal: [UInt8] = {
    var bytes = Array("__CURSOR=s=1;i=2\nMESSAGE=plain\nPRIORITY=6\n\n".utf8)
    bytes += Array("MESSAGE=key_12345678 x\nDB_PASSWORD=abcdef1\nKEY_key_12345678=1\n".utf8)
    bytes += field("MESSAGE", "first\nkey_12345678\nBEGIN\nabc\nEND\n")
    bytes += field("EMPTY", "") + Array("\n".utf8)
    return bytes + Array("MESSAGE=last\n".utf8) + field("TWO", "a\nb") + Array("\n".utf8)
  }()

  static func field(_ name: String, _ value: String) -> [UInt8] {
    let data = Array(value.utf8)
    let size = (0..<8).map { UInt8(truncatingIfNeeded: data.count >> (8 * $0)) }
    return Array("\(name)\n".utf8) + size + data + Array("\n".utf8)
  }

  /// A record that is too long where 8192 bytes are kept, and one that is not.
  static func overlong(_ format: RecordFormat, filler count: Int) -> [UInt8] {
    let filler = String(repeating: "lorem ipsum ", count: count)
    let long = "\(filler)key_12345678 \(filler)long_\(String(repeating: "z", count: 9000)) end"
    switch format {
    case .jsonl: return Array("{\"a\":\"\(long)\"}\n{\"b\":\"k\\u0065y_12345678\"}\n".utf8)
    case .rsyslog: return Array("{\"msg\":\"\(long)\"}\n{\"msg\":\"key_87654321\"}\n".utf8)
    case .omprog: return Array("\(long)\nkey_87654321\n".utf8)
    case .docker:
      return Array(
        """
        {"log":"\(long)\\n","stream":"stdout"}
        {"log":"key_8765","stream":"stdout"}
        {"log":"4321\\n","stream":"stdout"}

        """.utf8)
    case .cri:
      return Array(
        """
        2027-01-31T10:00:00.12345Z stdout F \(long)
        2027-01-31T10:00:00.12345Z stdout P key_8765
        2027-01-31T10:00:00.12345Z stdout F 4321

        """.utf8)
    case .journald:
      return Array("MESSAGE=\(long)\n".utf8) + field("DATA", long + "\nx\n")
        + Array("MESSAGE=key_87654321\n\n".utf8)
    }
  }
}
