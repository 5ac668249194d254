import FuzzRecords

@main
struct FuzzRsyslog {
  static func main() { RecordFuzzer.run(.rsyslog) }
}
