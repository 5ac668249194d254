import FuzzRecords

@main
struct FuzzDocker {
  static func main() { RecordFuzzer.run(.docker) }
}
