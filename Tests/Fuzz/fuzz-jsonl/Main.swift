import FuzzRecords

@main
struct FuzzJSONLines {
  static func main() { RecordFuzzer.run(.jsonl) }
}
