internal import Foundation
internal import Glibc

/// What Prometheus' client libraries tell of every process, under the names that they use.
package enum ProcessMetrics {
  /// - Parameter version: of the program.
  /// - Returns: as much as the system tells.
  package static func families(version: String) -> [MetricFamily] {
    var families = [
      MetricFamily(
        "sluice_build_info", "The version that runs; always 1.", .gauge,
        [.init(1, [.init("version", version)])])
    ]
    // proc(5): behind the name in parentheses, which may hold anything, stands field 3.
    let fields = read("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
      let start = Double(fields[19]), let pages = Double(fields[21])
    else { return families }
    let ticks = Double(sysconf(CInt(_SC_CLK_TCK)))
    families.append(
      MetricFamily(
        "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", .counter,
        [.init((user + system) / ticks)]))
    families.append(
      MetricFamily(
        "process_resident_memory_bytes", "Resident memory size in bytes.", .gauge,
        [.init(pages * Double(sysconf(CInt(_SC_PAGESIZE))))]))
    let boot = read("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
    if let boot, let seconds = Double(boot.dropFirst(6)) {
      families.append(
        MetricFamily(
          "process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
          .gauge, [.init(seconds + start / ticks)]))
    }
    return families
  }

  private static func read(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
