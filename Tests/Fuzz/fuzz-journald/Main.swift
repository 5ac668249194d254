import FuzzRecords

@main
struct FuzzJournald {
  static func main() { RecordFuzzer.run(.journald) }
}
