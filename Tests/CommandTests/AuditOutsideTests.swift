import Foundation
import Testing

@Suite("Checkpoints outside")
struct AuditOutsideTests {
  @Test("G11: a checkpoint that was sent to a folder shows a rollback, also of a whole copy")
  func folder() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      mkdir outside; cp -a home old
      printf 'audit:\\n  checkpoint: {entries: 3}\\n  send:\\n    - folder: outside\\n' > s.yaml
      sluice audit policy --set --config s.yaml > /dev/null
      export SLUICE_CONFIG=$PWD/s.yaml
      for n in 1 2 3 4 5 6 7 8; do printf v$n | sluice vault put p/$n > /dev/null 2>&1; done
      ls outside | wc -l
      sluice audit verify --checkpoint outside | tail -n 1
      sluice audit send; ls outside | wc -l
      unset SLUICE_CONFIG
      rm -r home; mv old home
      sluice audit verify | tail -n 1; sluice audit verify --checkpoint outside; echo $?
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let (first, second) = (Int(lines[0]) ?? 0, Int(lines[2]) ?? 0)
    #expect(first >= 3 && second == first + 1, "\(outcome.text)")
    #expect(lines[1] == "intact" && lines[3] == "intact" && lines[4] == "1", "\(outcome.text)")
    #expect(outcome.errors.contains("the log was rolled back"), "\(outcome.errors)")
  }

  @Test("a command gets each checkpoint as its input: a git commit keeps it")
  func git() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      git init -q notes; git -C notes config user.name t; git -C notes config user.email t@e.example
      cat > s.yaml <<END
      audit:
        send:
          - command: [sh, -c, 'cat > log.note && git add log.note && git commit -qm checkpoint']
            directory: $PWD/notes
      END
      sluice audit send --config s.yaml && sluice audit send --config s.yaml
      git -C notes log --oneline | wc -l
      sluice audit verify --checkpoint notes/log.note | tail -n 1
      """)
    let lines = outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines == ["2", "intact"], "\(outcome.text) \(outcome.errors)")
  }

  @Test("a system log gets each checkpoint as one message")
  func syslog() throws {
    let vault = try VaultFolder()
    let socket = try LogSocket(path: vault.folder.path + "/log")
    let outcome = try vault.shell(
      """
      printf 'audit:\\n  send:\\n    - syslog: %s/log\\n' "$PWD" > s.yaml
      sluice audit send --config s.yaml
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let message = try #require(socket.message())
    #expect(message.hasPrefix("<85>sluice: {\"checkpoint\":\"sluice/"))
  }

  @Test("a webhook gets each checkpoint as a body, and its address stays out of messages")
  func webhook() throws {
    let vault = try VaultFolder()
    let server = try OneAnswer(status: "200 OK")
    let outcome = try vault.shell(
      """
      command -v curl > /dev/null || exit 77
      printf 'audit:\\n  send:\\n    - webhook: http://127.0.0.1:\(server.port)/hook?t=s3cr3t\\n' > s.yaml
      sluice audit send --config s.yaml
      """)
    guard outcome.status != 77 else {
      #expect(ProcessInfo.processInfo.environment["CI"] == nil, "curl is not installed")
      return
    }
    #expect(outcome.status == 0, "\(outcome.errors)")
    let request = server.request
    #expect(request.hasPrefix("POST /hook?t=s3cr3t HTTP/1.1"), "\(request)")
    #expect(request.contains("\u{2014} sluice/"), "\(request)")
    // Nobody listens any more.
    let refused = try vault.shell("sluice audit send --config s.yaml")
    #expect(refused.status == 3 && !refused.errors.contains("s3cr3t"), "\(refused.errors)")
  }

  @Test(
    "an address that is not encrypted, or holds a password, is refused without being repeated",
    arguments: [
      "http://example.com/s3cr3t", "ftp://127.0.0.1/s3cr3t", "https://u:s3cr3t@h/", "s3cr3t",
    ])
  func addresses(text: String) throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      "printf 'audit:\\n  send:\\n    - webhook: \(text)\\n' > s.yaml; sluice audit send --config s.yaml"
    )
    #expect(outcome.status == 2 && !outcome.errors.contains("s3cr3t"), "\(outcome.errors)")
  }

  @Test("a place that cannot be reached fails 'send', and only warns after other commands")
  func unreachable() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      printf 'audit:\\n  checkpoint: {entries: 1}\\n  send:\\n    - folder: nowhere\\n' > s.yaml
      printf '    - command: ["false"]\\n' >> s.yaml
      sluice audit policy --set --config s.yaml > /dev/null
      sluice audit send --config s.yaml; echo $?
      SLUICE_CONFIG=s.yaml sluice vault list; echo $?
      sluice audit list --operation audit.send-failed | wc -l
      mkdir nowhere; sed -i '/command/d' s.yaml
      sluice audit send --config s.yaml; echo $?; ls nowhere | wc -l
      """)
    let lines = outcome.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.first == "3" && lines.contains("0"), "\(outcome.text)")
    #expect(
      outcome.errors.contains("sluice: warning: a checkpoint was not sent to 'folder nowhere'"))
    #expect(lines.suffix(3).first == "2", "header and one entry: \(outcome.text)")
    #expect(lines.suffix(2).first == "0", "\(outcome.text) \(outcome.errors)")
  }

  @Test("another checkpoint of the same size in the folder is a fork, and is not overwritten")
  func fork() throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      """
      mkdir outside; printf 'audit:\\n  send:\\n    - folder: outside\\n' > s.yaml
      cp -a home twin
      sluice audit send --config s.yaml; echo $?
      mv home one; mv twin home; printf v | sluice vault put other > /dev/null 2>&1
      for n in 1 2 3 4 5 6; do sluice audit send --config s.yaml; done > /dev/null 2>&1
      cp outside/*.note kept 2> /dev/null
      sluice audit verify --checkpoint outside; echo $?
      """)
    #expect(outcome.text.hasSuffix("1\n"), "\(outcome.text) \(outcome.errors)")
  }

  @Test(
    "settings that cannot be meant are refused with their line",
    arguments: [
      ("  chekpoint: {}", "unknown key"), ("  checkpoint: {entries: 0}", "whole number"),
      ("  retention: {}", "no 'days'"), ("  retention: {days: 3, segment: 100}", "power of two"),
      ("  names: hidden", "wrong value"), ("  send: []", "at least one"),
      ("  send: [{folder: a, syslog: b}]", "names one of"),
      ("  send: [{directory: a}]", "names one of"),
      ("  space: {alarmMegabytes: 1, refuseMegabytes: 2}", "comes after"),
    ])
  func settings(yaml: String, expected: String) throws {
    let vault = try VaultFolder()
    let outcome = try vault.shell(
      "printf 'audit:\\n\(yaml)\\n' > s.yaml; sluice audit policy --set --config s.yaml")
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(
      outcome.errors.contains(expected) && outcome.errors.contains("s.yaml:"), "\(outcome.errors)")
  }
}

/// A socket as a system log daemon has it.
final class LogSocket {
  private let number: Int32

  init(path: String) throws {
    number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
      // SAFETY: the path of a temporary folder is shorter than the field.
      unsafe target.copyBytes(from: Array(path.utf8))
    }
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(number, address, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(status == 0)
  }

  deinit { close(number) }

  func message() -> String? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe recv(number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }
}

/// Answers one HTTP request on a port of its own, and keeps it.
final class OneAnswer: @unchecked Sendable {
  // `@unchecked`: `text` is written before the semaphore is signalled, and read after it was waited for.
  let port: UInt16
  private let answered = DispatchSemaphore(value: 0)
  private var text = ""

  init(status: String) throws {
    let open = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let size = length
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(open, address, size) + listen(open, 1)
          + getsockname(open, address, &length)
      }
    }
    try #require(bound == 0)
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in
      let connection = accept(open, nil, nil)
      close(open)
      let handle = FileHandle(fileDescriptor: connection, closeOnDealloc: true)
      var received = Data()
      // A checkpoint ends with a line feed, headers do with two.
      while !received.contains(0xE2) || received.last != 0x0A {
        let more = handle.availableData
        if more.isEmpty { break }
        received += more
      }
      text = String(decoding: received, as: UTF8.self)
      handle.write(
        Data("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
      answered.signal()
    }
  }

  /// Waits for the request.
  var request: String {
    answered.wait()
    return text
  }
}
