import Foundation

/// What `sluice filter` must write for an input, and that it does.
///
/// The number of bytes comes from the engine's findings, not from the filter. Where secrets were
/// put into the input, `grep` looks for them in the output.
struct OutputCheck {
  let maskedBytes: Int
  let findings: Int
  let lines: Int
  /// Secrets that were put in, and those of them that are still in the output.
  let planted: Int
  let left: Int

  init(of input: Input, tools: Tools) throws {
    progress("\(input.kind.rawValue): checking the output")
    let engine = try tools.measureEngine(on: input.file)
    guard let kernel = engine.kernels.first else { throw BenchError("the engine has no kernel") }
    maskedBytes = kernel.maskedBytes
    findings = kernel.findings
    lines = engine.lines
    let output = tools.cache.appendingPathComponent("masked.out")
    defer { try? FileManager.default.removeItem(at: output) }
    _ = try tools.output(
      of: tools.sluice, ["filter", "--in", input.file.path, "--out", output.path])
    let size = try output.resourceValues(forKeys: [.fileSizeKey]).fileSize
    guard size == maskedBytes else {
      throw BenchError(
        "sluice filter wrote \(size ?? 0) bytes for \(input.kind.rawValue), "
          + "the findings say \(maskedBytes)")
    }
    planted = input.planted.count
    guard planted > 0 else {
      left = 0
      return
    }
    let list = tools.cache.appendingPathComponent("planted.txt")
    try Data(input.planted.joined(separator: "\n".utf8)).write(to: list)
    let hits = try tools.output(
      of: "grep", ["-F", "-o", "-a", "-f", list.path, output.path], statuses: [0, 1])
    left = Set(hits.split(separator: UInt8(ascii: "\n"))).count
  }
}
