import Testing

@testable import SluiceWorkspace

@Suite("PatchParser")
struct PatchParserTests {
  private struct Recorder: PatchHandler {
    var events: [String] = []
    private var text = ""

    mutating func beginCommit(_ line: ArraySlice<UInt8>) {
      events.append("commit \(String(decoding: line, as: UTF8.self))")
    }
    mutating func beginFile() { events.append("file") }
    mutating func object(_ id: ArraySlice<UInt8>) {
      events.append("object \(String(decoding: id, as: UTF8.self))")
    }
    mutating func path(_ path: [UInt8]) {
      events.append("path \(String(decoding: path, as: UTF8.self))")
    }
    mutating func binaryFile() { events.append("binary") }
    mutating func beginHunk(line: Int, count: Int) { events.append("hunk \(line) \(count)") }
    mutating func added(_ text: Span<UInt8>) {
      self.text += String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
    }
    mutating func endHunk() {
      events.append(text)
      text = ""
    }
  }

  private static let patch = """
    \u{1}c1

    diff --git a/x b/x
    index 1111..2222 100644
    --- a/x
    +++ b/x
    @@ -0,0 +5,2 @@ func f() {
    +++ b/not a head
    +diff --git a/y b/y
    @@ -9 +12 @@
    -old
    \\ No newline at end of file
    +new
    \\ No newline at end of file
    diff --git "a/q\\"\\303\\251" "b/q\\"\\303\\251"
    new file mode 100644
    index 0000..3333
    --- /dev/null
    +++ "b/q\\"\\303\\251"
    @@ -0,0 +1 @@
    +a
    diff --git a/a b b/a b
    index 4444..0000
    --- a/a b\t
    +++ /dev/null
    @@ -1 +0,0 @@
    -gone
    \u{1}c2

    diff --git a/i and b/j b/i and b/j
    index 5555..6666 100644
    Binary files a/i and b/j and b/i and b/j differ

    """

  private static let events = [
    "commit c1", "file", "object 2222", "path x", "hunk 5 2",
    "++ b/not a head\ndiff --git a/y b/y\n", "hunk 12 1", "new\n", "file", "object 3333",
    "path q\"é", "hunk 1 1", "a\n", "file", "object 0000", "hunk 0 0", "", "commit c2", "file",
    "object 6666", "path i and b/j", "binary",
  ]

  @Test("what a patch adds is told from its heads, wherever the output is cut", arguments: 1..<40)
  func events(length: Int) {
    var parser = PatchParser()
    var recorder = Recorder()
    var rest = Array(Self.patch.utf8)[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(length))
      parser.consume(piece.span, into: &recorder)
      rest = rest.dropFirst(length)
    }
    parser.finish(into: &recorder)
    #expect(recorder.events == Self.events)
  }
}
