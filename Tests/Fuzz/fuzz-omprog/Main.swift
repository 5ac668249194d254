import FuzzRecords

@main
struct FuzzOmprog {
  static func main() { RecordFuzzer.run(.omprog) }
}
