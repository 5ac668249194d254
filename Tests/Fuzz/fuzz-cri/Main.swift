import FuzzRecords

@main
struct FuzzCRI {
  static func main() { RecordFuzzer.run(.cri) }
}
