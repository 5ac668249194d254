import Foundation

/// What a reader must know of the machine to read the figures.
struct Machine {
  private let stealAtStart = Machine.steal()

  func text(tools: Tools, rounds: Int) -> String {
    let processor = Self.read("/proc/cpuinfo").split(separator: "\n")
    func field(_ name: String) -> String? {
      processor.first { $0.hasPrefix(name) }?.split(separator: ":", maxSplits: 1).last
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let cores = processor.count { $0.hasPrefix("processor") }
    let flags = Set((field("flags") ?? "").split(separator: " ").map(String.init))
    return """
      sluice-bench \(Self.date), commit \(commit(of: tools.root)), \(rounds) rounds
      CPU     \(field("model name") ?? "unknown"), \(cores) cores, \(Self.level(of: flags))
      kernel  \(Self.read("/proc/sys/kernel/osrelease").trimmingCharacters(in: .newlines)), \
      load \(Self.load) at the start
      against \(tools.line(of: "cat", ["--version"])), \(tools.line(of: "grep", ["--version"]))
      """
  }

  /// What the machine did meanwhile besides us.
  func closingText() -> String {
    var text = "load \(Self.load) at the end"
    if let before = stealAtStart, let after = Self.steal(), after.all > before.all {
      let share = Double(after.stolen - before.stolen) / Double(after.all - before.all)
      text += ", \(fixed(share * 100, 1)) % of the processor time taken by other guests"
    }
    return text
  }

  func commit(of root: URL) -> String {
    func git(_ arguments: [String]) -> String? {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["git", "-C", root.path] + arguments
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return nil }
      let data = try? pipe.fileHandleForReading.readToEnd()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { return nil }
      return String(decoding: data ?? Data(), as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    guard let commit = git(["rev-parse", "--short", "HEAD"]) else { return "unknown" }
    let changes = git(["status", "--porcelain", "--", "Sources", "Patterns", "Package.swift"])
    return commit + (changes?.isEmpty == true ? "" : "-modified")
  }

  static var date: String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd"
    return formatter.string(from: Date())
  }

  private static var load: String {
    read("/proc/loadavg").split(separator: " ").prefix(3).joined(separator: " ")
  }

  private static func read(_ path: String) -> String {
    // These files say that they are empty until they are read.
    let data = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).readToEnd()
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  /// Clock ticks of all processors since the start, and those that went to other guests.
  private static func steal() -> (all: UInt64, stolen: UInt64)? {
    let ticks = read("/proc/stat").prefix { $0 != "\n" }.split(separator: " ").dropFirst()
      .compactMap { UInt64($0) }
    guard ticks.count >= 8 else { return nil }
    return (ticks.prefix(8).reduce(0, +), ticks[7])
  }

  /// The x86-64 level of the System V ABI, and what our kernels ask for beyond it.
  private static func level(of flags: Set<String>) -> String {
    #if arch(x86_64)
      let levels: [(String, Set<String>)] = [
        ("x86-64-v2", ["sse4_2", "ssse3", "popcnt", "cx16", "lahf_lm"]),
        ("x86-64-v3", ["avx2", "bmi1", "bmi2", "fma", "movbe", "abm", "f16c"]),
        ("x86-64-v4", ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
      ]
      var level = "x86-64-v1"
      for (name, needed) in levels {
        guard needed.isSubset(of: flags) else { break }
        level = name
      }
      let extras = ["avx512vbmi", "avx512_vbmi2", "gfni", "vaes"].filter(flags.contains)
      return ([level] + extras).joined(separator: " ")
    #elseif arch(arm64)
      return "arm64"
    #else
      return "other"
    #endif
  }
}
