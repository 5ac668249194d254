import Foundation

/// Text made from line templates, the same for the same seed.
///
/// In a template, `%` and a letter stand for something random: `%t` a time, `%n` a number, `%h`
/// eight hexadecimal digits, `%u` a UUID, `%i` an IPv4 address, `%w` a word, `%s` 24 letters and
/// digits, `%b` 57 characters of base64.
struct Templates {
  private let lines: [[UInt8]]

  init(_ lines: [String]) { self.lines = lines.map { Array($0.utf8) } }

  /// Whole lines, at least `length` bytes.
  func text(ofLength length: Int, seed: UInt64) -> Data {
    var random = SplitMix64(state: seed)
    var clock = 1_767_225_600_000
    var text: [UInt8] = []
    text.reserveCapacity(length + 4096)
    while text.count < length {
      clock += Int.random(in: 0..<40, using: &random)
      let line = lines[Int.random(in: 0..<lines.count, using: &random)]
      Self.append(line, clock: clock, random: &random, to: &text)
      text.append(UInt8(ascii: "\n"))
    }
    return Data(text)
  }

  private static func append(
    _ line: [UInt8], clock: Int, random: inout SplitMix64, to text: inout [UInt8]
  ) {
    var isDirective = false
    for byte in line {
      if isDirective {
        isDirective = false
        expand(byte, clock: clock, random: &random, to: &text)
      } else if byte == UInt8(ascii: "%") {
        isDirective = true
      } else {
        text.append(byte)
      }
    }
  }

  private static func expand(
    _ directive: UInt8, clock: Int, random: inout SplitMix64, to text: inout [UInt8]
  ) {
    switch directive {
    case UInt8(ascii: "t"):
      text += time(clock).utf8
    case UInt8(ascii: "n"):
      text += String(Int.random(in: 0..<100_000, using: &random)).utf8
    case UInt8(ascii: "h"):
      draw(8, from: hexadecimal, random: &random, to: &text)
    case UInt8(ascii: "u"):
      for (index, length) in [8, 4, 4, 4, 12].enumerated() {
        if index > 0 { text.append(UInt8(ascii: "-")) }
        draw(length, from: hexadecimal, random: &random, to: &text)
      }
    case UInt8(ascii: "i"):
      text += "10".utf8
      for _ in 0..<3 { text += ".\(Int.random(in: 0..<256, using: &random))".utf8 }
    case UInt8(ascii: "w"):
      text += words[Int.random(in: 0..<words.count, using: &random)]
    case UInt8(ascii: "s"):
      draw(24, from: alphanumeric, random: &random, to: &text)
    case UInt8(ascii: "b"):
      draw(57, from: base64Digits, random: &random, to: &text)
    default:
      preconditionFailure("a template uses an unknown directive")
    }
  }

  private static func draw(
    _ count: Int, from alphabet: [UInt8], random: inout SplitMix64, to text: inout [UInt8]
  ) {
    for _ in 0..<count {
      text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
    }
  }

  /// Milliseconds since 1970 as ISO 8601, on a calendar of 28 days a month: it only has to look so.
  private static func time(_ milliseconds: Int) -> String {
    func padded(_ number: Int, _ length: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }
    let seconds = milliseconds / 1000
    let day = seconds / 86400
    return "2026-\(padded(day / 28 % 12 + 1, 2))-\(padded(day % 28 + 1, 2))"
      + "T\(padded(seconds / 3600 % 24, 2)):\(padded(seconds / 60 % 60, 2)):"
      + "\(padded(seconds % 60, 2)).\(padded(milliseconds % 1000, 3))Z"
  }

  private static let hexadecimal = Array("0123456789abcdef".utf8)
  private static let alphanumeric = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
  private static let base64Digits = alphanumeric + Array("+/".utf8)
  private static let words = [
    "cache", "session", "worker", "index", "shard", "replica", "user", "queue", "payment",
    "invoice", "upload", "search", "planner", "scheduler", "gateway", "billing", "profile", "lease",
  ].map { Array($0.utf8) }
}

/// A small seeded generator (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(state: UInt64) { self.state = state }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed &>> 31)
  }
}

extension Templates {
  /// Lines of many kinds of services.
  static let log = Templates([
    "%t INFO  [main-%n] com.acme.%w.Handler - request %u finished in %n ms with status 200",
    "%t WARN  [pool-%n] com.acme.%w.Client - retry 2 of 5 after timeout of /%i:8080",
    "%t ERROR [main-%n] com.acme.%w.Store - cannot open /var/lib/%w/%h.db: Permission denied",
    "%i - - [%t] \"GET /api/v1/%w/%n?page=%n&sort=created HTTP/1.1\" 200 %n \"-\" \"curl/8.5.0\"",
    "%i - - [%t] \"POST /%w/%u HTTP/2.0\" 503 %n \"https://www.acme.test/\" \"Mozilla/5.0 (X11)\"",
    "{\"ts\":\"%t\",\"level\":\"info\",\"service\":\"%w\",\"trace_id\":\"%h%h%h%h\",\"ms\":%n}",
    "{\"ts\":\"%t\",\"level\":\"debug\",\"msg\":\"tool call done\",\"agent\":\"%w\",\"step\":%n}",
    "%t host-%n kernel: [%n.%n] eth0: link up, 10000 Mbps, full duplex, flow control rx/tx",
    "%t host-%n sshd[%n]: Failed password for invalid user %w from %i port %n ssh2",
    "%t host-%n sshd[%n]: pam_unix(sshd:auth): authentication failure; logname= uid=0 rhost=%i",
    "%t host-%n systemd[1]: Started %w.service - %w of the acme platform.",
    "%t INFO dfs.DataNode$PacketResponder: Received block blk_%n%n of size 67108864 from /%i",
    "I0101 12:00:00.%n       1 controller.go:%n] \"Reconciled\" %w=\"default/%w-%h\" took=\"%nms\"",
    "level=info ts=%t caller=compact.go:%n component=%w msg=\"write block\" ulid=%h%h",
    "%t TRACE nova.%w [req-%u] Instance %u: took %n.%n seconds to build instance",
    "   at com.acme.%w.Service.invoke(Service.java:%n)",
  ])

  /// Records full of the words that secrets stand beside; every fifth holds something to mask.
  static let json = Templates([
    "{\"api_key\":null,\"password\":\"\",\"token\":{\"type\":\"access\",\"id\":%n},\"user\":\"%w\"}",
    "{\"auth\":{\"secret_name\":\"%w\",\"token_count\":%n},\"authorization\":false,\"key\":\"%w\"}",
    "{\"event\":\"password_reset\",\"client_secret\":\"<redacted>\",\"access_token\":null,\"n\":%n}",
    "{\"private_key_id\":\"\",\"credentials\":[],\"datadog\":\"%w\",\"slack\":true,\"secret\":\"\"}",
    "{\"user\":\"%w\",\"password\":\"%s\",\"api_key\":null,\"session_token\":\"none\",\"ms\":%n}",
  ])

  static let base64 = Templates(["%b%b"])

  /// Beginnings of secrets with nothing behind them: all work, no find.
  static let candidates = Templates([
    "AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA AKIA %n",
    "token = token = token = token = token = token = token = token = token = token = %n",
    "eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ- %n",
    "password= 1 password= 2 password= 3 password= 4 password= 5 password= 6 password= 7 %n",
    "ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ ghp_ %n",
    "datadog datadog datadog datadog datadog datadog datadog datadog datadog datadog %n",
    "Bearer Bearer Bearer Bearer Bearer Bearer Bearer Bearer Bearer Bearer Bearer %n",
    "xoxb- xoxp- sk-ant- sk_live_ glpat- npm_ hf_ dop_v1_ SG. AIza https:// -----BEGIN %n",
  ])

  /// Text whose bytes are mostly above 127.
  static let nonASCII = Templates([
    "%t ИНФО служба %w: запрос обработан за %n мс, ответ отправлен клиенту без ошибок",
    "%t 情報 %w サービスはリクエスト %n を正常に処理しました。次の処理を待っています。",
    "%t 错误 %w 服务无法连接到数据库,将在 %n 毫秒后重试,请检查网络配置。",
    "%t größere Änderungen übernommen: %w wurde für %n Benutzer zurückgesetzt – weiter mit Schritt %n",
    "%t تم تحديث الخدمة %w بنجاح خلال %n مللي ثانية ولا توجد أخطاء أخرى",
    "%t ✅ deploy %w 🚀🚀🚀 %n ✨ готово 完了 완료되었습니다 ολοκληρώθηκε",
  ])
}
