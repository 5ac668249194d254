import Foundation

/// Makes the inputs, and keeps them from one run to the next.
///
/// An input is a base of a few megabytes, repeated to its size: nothing here remembers a line for
/// longer than that.
struct InputFiles {
  /// Lines between two secrets of `log+s`.
  private static let secretInterval = 1000
  private static let baseBytes = 8_000_000
  /// Changes whenever generated text changes, so that no old file is measured.
  private static let version = 1

  private let folder: URL
  private let corpus: [URL]
  private let megabytes: Int

  /// - Parameters:
  ///   - folder: where inputs are kept.
  ///   - corpus: a folder of `*_2k.log`; nil: `log` is generated.
  ///   - megabytes: the size of `log`.
  /// - Throws: `BenchError` if the corpus is empty, or what reading its folder throws.
  init(folder: URL, corpus: String?, megabytes: Int) throws {
    self.folder = folder
    self.megabytes = megabytes
    guard let corpus else {
      self.corpus = []
      return
    }
    self.corpus = try FileManager.default.contentsOfDirectory(
      at: URL(fileURLWithPath: corpus), includingPropertiesForKeys: nil
    ).filter { $0.lastPathComponent.hasSuffix("_2k.log") }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    guard !self.corpus.isEmpty else { throw BenchError("there is no *_2k.log in '\(corpus)'") }
  }

  /// More than `log+s` has room for.
  var secretCount: Int { megabytes * 1_000_000 / 60 / Self.secretInterval + 1 }

  func make(_ kind: InputKind, secrets: [RuleDescription.Secret]) throws -> Input {
    progress("\(kind.rawValue): making the input")
    let limit = Int(Double(megabytes) * kind.share * 1e6)
    let isReal = !corpus.isEmpty && [.log, .logWithSecrets, .oneLine].contains(kind)
    let name = "\(kind.rawValue)-\(isReal ? "corpus" : "v\(Self.version)")-\(limit).txt"
    let file = folder.appendingPathComponent(name)
    var planted: [Data] = []
    // Secrets follow the rules, which change from build to build: their file is always new.
    if kind == .logWithSecrets || !FileManager.default.fileExists(atPath: file.path) {
      let partial = folder.appendingPathComponent("making.txt")
      try Data().write(to: partial)
      let output = try FileHandle(forWritingTo: partial)
      planted = try write(kind, limit: limit, secrets: secrets, to: output)
      try output.close()
      try? FileManager.default.removeItem(at: file)
      try FileManager.default.moveItem(at: partial, to: file)
    }
    return Input(
      kind: kind, file: file,
      bytes: try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0,
      summary: isReal ? "\(corpus.count) real logs, repeated" : "generated", planted: planted)
  }

  /// - Returns: the secrets that were put in.
  private func write(
    _ kind: InputKind, limit: Int, secrets: [RuleDescription.Secret], to output: FileHandle
  ) throws -> [Data] {
    let base = try base(of: kind, limit: limit)
    if kind == .logWithSecrets {
      return try writeWithSecrets(base, limit: limit, secrets: secrets, to: output)
    }
    var left = limit
    while left >= base.count {
      try output.write(contentsOf: base)
      left -= base.count
    }
    try output.write(contentsOf: wholeLines(of: base, limit: left))
    return []
  }

  private func base(of kind: InputKind, limit: Int) throws -> Data {
    let size = min(limit, Self.baseBytes)
    var base: Data
    switch kind {
    case .log, .logWithSecrets, .oneLine:
      base =
        corpus.isEmpty
        ? Templates.log.text(ofLength: size, seed: 1)
        : try corpus.map { try Data(contentsOf: $0) }.map {
          $0.last == UInt8(ascii: "\n") ? $0 : $0 + "\n".utf8
        }.reduce(into: Data(), +=)
    case .json: base = Templates.json.text(ofLength: size, seed: 2)
    case .base64: base = Templates.base64.text(ofLength: size, seed: 3)
    case .candidates: base = Templates.candidates.text(ofLength: size, seed: 4)
    case .nonASCII: base = Templates.nonASCII.text(ofLength: size, seed: 5)
    }
    if kind == .oneLine {
      for index in base.indices where base[index] == UInt8(ascii: "\n") {
        base[index] = UInt8(ascii: " ")
      }
    }
    return base
  }

  private func writeWithSecrets(
    _ base: Data, limit: Int, secrets: [RuleDescription.Secret], to output: FileHandle
  ) throws -> [Data] {
    let lines = base.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    var rest = secrets[...]
    var chunk = Data()
    var written = 0
    var count = 0
    while written + chunk.count < limit {
      for line in lines {
        chunk += line
        chunk.append(UInt8(ascii: "\n"))
        count += 1
        if count % Self.secretInterval == 0, let next = rest.popFirst() {
          chunk += next.line
          if next.line.last != UInt8(ascii: "\n") { chunk.append(UInt8(ascii: "\n")) }
        }
        guard written + chunk.count < limit else { break }
      }
      try output.write(contentsOf: chunk)
      written += chunk.count
      chunk.removeAll(keepingCapacity: true)
    }
    // Short secrets could stand in a log by chance, and grep looks for whole lines.
    return Array(
      Set(
        secrets.dropLast(rest.count).map(\.secret)
          .filter { $0.count >= 12 && !$0.contains(UInt8(ascii: "\n")) }))
  }

  /// The front of `base` up to a line end; all of the front if it holds none.
  private func wholeLines(of base: Data, limit: Int) -> Data {
    let front = base.prefix(limit)
    guard let end = front.lastIndex(of: UInt8(ascii: "\n")) else { return front }
    return front[...end]
  }
}
