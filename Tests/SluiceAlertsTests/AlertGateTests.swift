import SluiceAlerts
import Testing

@Suite("Alert gate")
struct AlertGateTests {
  @Test("the same alert goes out once in a while, and then says how often it came")
  func repeats() {
    var gate = AlertGate(repeatAfter: .seconds(60), perMinute: 100)
    #expect(gate.admit("a", at: .seconds(0)) == .send(repeats: 0, suppressed: 0))
    #expect(gate.admit("a", at: .seconds(1)) == .repeated)
    #expect(gate.admit("b", at: .seconds(2)) == .send(repeats: 0, suppressed: 0))
    #expect(gate.admit("a", at: .seconds(59)) == .repeated)
    #expect(gate.admit("a", at: .seconds(61)) == .send(repeats: 2, suppressed: 0))
    #expect(gate.admit("a", at: .seconds(62)) == .repeated)
  }

  @Test("no more go out than a minute may have; the next says how many did not")
  func rate() {
    var gate = AlertGate(repeatAfter: .seconds(60), perMinute: 3)
    let verdicts = (0..<10).map { gate.admit("\($0)", at: .milliseconds($0)) }
    #expect(verdicts.prefix(3).allSatisfy { $0 == .send(repeats: 0, suppressed: 0) })
    #expect(verdicts.dropFirst(3).allSatisfy { $0 == .suppressed })
    #expect(gate.admit("x", at: .seconds(21)) == .send(repeats: 0, suppressed: 7))
    #expect(gate.admit("y", at: .seconds(21)) == .suppressed)
  }

  @Test("G5: it remembers no more than it was made for")
  func bounded() {
    var gate = AlertGate(repeatAfter: .seconds(3600), perMinute: 1_000_000)
    for number in 0..<50_000 {
      #expect(gate.admit("\(number)", at: .seconds(1)) == .send(repeats: 0, suppressed: 0))
    }
    #expect(gate.admit("49999", at: .seconds(2)) == .repeated)
  }
}
