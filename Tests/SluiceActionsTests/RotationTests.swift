import SluiceActions
import SluiceAudit
import SluiceVault
import Testing

@Suite("Rotation")
struct RotationTests {
  static let start = UTCTime(microseconds: 1_795_392_000_000_000)

  private static func rotation(_ pace: RotationPace = RotationPace()) throws -> Rotation {
    Rotation(
      id: "1", tenant: try Name("acme", kind: "tenant"), path: try SecretPath("a/b"),
      reason: "manual", pace: pace, oldVersion: 1, at: start)
  }

  private static func after(
    _ events: [Rotation.Event], _ pace: RotationPace = RotationPace()
  ) throws -> (Rotation, [Rotation.Step]) {
    var rotation = try rotation(pace)
    var steps: [Rotation.Step] = []
    for event in events { steps = rotation.advance(event, at: start) }
    return (rotation, steps)
  }

  static let happy: [Rotation.Event] = [
    .resumed, .drafted, .provisioned, .tested, .promoted, .drained, .revoked,
  ]

  @Test("goes through its phases in order, one step at a time")
  func order() throws {
    var rotation = try Self.rotation()
    let steps = Self.happy.map { rotation.advance($0, at: Self.start) }
    #expect(
      steps == [
        [.draft], [.provision], [.test], [.promote],
        [.drain(until: Self.start.advanced(bySeconds: 60))], [.revoke], [],
      ])
    #expect(rotation.phase == .complete)
  }

  @Test("G9: an event that comes twice asks for nothing", arguments: 1..<7)
  func twice(count: Int) throws {
    var (rotation, _) = try Self.after(Array(Self.happy.prefix(count + 1)))
    let before = rotation
    #expect(rotation.advance(Self.happy[count], at: Self.start).isEmpty)
    #expect(rotation == before)
  }

  @Test("G9: taken on again, it repeats the step it was at", arguments: 0..<7)
  func resumed(count: Int) throws {
    let (before, steps) = try Self.after(Array(Self.happy.prefix(count + 1)))
    var stored = try #require(Rotation(before.json, tenant: before.tenant))
    #expect(stored == before)
    #expect(stored.advance(.resumed, at: Self.start) == steps)
  }

  @Test("a value that does not prove itself is taken away again, and the old one stays")
  func undo() throws {
    let (rotation, steps) = try Self.after([
      .resumed, .drafted, .provisioned, .failed(Rotation.Failure("no")),
    ])
    #expect(rotation.phase == .undoing)
    #expect(steps == [.undo])
    #expect(rotation.problem == "no")
  }

  @Test("what never got to the target needs no undoing")
  func untouched() throws {
    let failure = Rotation.Failure("no", isUntouched: true)
    let (rotation, steps) = try Self.after([.resumed, .drafted, .failed(failure)])
    #expect(rotation.phase == .failed)
    #expect(steps.isEmpty)
  }

  @Test("a target that may have been changed before a crash is undone")
  func crashed() throws {
    let failure = Rotation.Failure("no", isUntouched: true)
    let (rotation, _) = try Self.after([.resumed, .drafted, .resumed, .failed(failure)])
    #expect(rotation.phase == .undoing)
  }

  @Test("transient failures are repeated so many times, with growing pauses")
  func backoff() throws {
    var pace = RotationPace()
    pace.attempts = 4
    var (rotation, steps) = try Self.after([.resumed, .drafted], pace)
    let failure = Rotation.Failure("down", isTransient: true, isUntouched: true)
    var pauses: [Duration] = []
    while true {
      steps = rotation.advance(.failed(failure), at: Self.start)
      guard case .pause(let until)? = steps.first else { break }
      pauses.append(until.since(Self.start))
    }
    #expect(pauses == [.milliseconds(200), .milliseconds(400), .milliseconds(800)])
    #expect(rotation.phase == .failed)
  }

  @Test("once the new value is live, a failure leaves the rest for later and loses nothing")
  func stalled() throws {
    var (rotation, steps) = try Self.after(Array(Self.happy.prefix(6)))
    steps = rotation.advance(.failed(Rotation.Failure("down")), at: Self.start)
    #expect(steps.isEmpty)
    #expect(rotation.phase == .revoking)
    #expect(rotation.nextAttempt == Self.start.advanced(bySeconds: 30))
    #expect(rotation.advance(.resumed, at: Self.start) == [.revoke])
    #expect(rotation.advance(.revoked, at: Self.start).isEmpty)
    #expect(rotation.phase == .complete && rotation.problem == nil)
  }

  @Test("a leak in the middle ends the drain")
  func hurry() throws {
    var (rotation, _) = try Self.after(Array(Self.happy.prefix(5)))
    rotation.hurry()
    let steps = rotation.advance(.resumed, at: Self.start)
    #expect(steps == [.drain(until: Self.start)])
    #expect(rotation.pace.isEmergency)
  }

  @Test("a clock that was set back does not stretch the drain")
  func clock() throws {
    var (rotation, _) = try Self.after(Array(Self.happy.prefix(5)))
    let earlier = Self.start.advanced(bySeconds: -86_400)
    let steps = rotation.advance(.resumed, at: earlier)
    #expect(steps == [.drain(until: earlier.advanced(bySeconds: 60))])
  }

  @Test("G9: whatever happens, it never completes without having switched", arguments: 0..<200)
  func random(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ count: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(count))
    }
    let events: [Rotation.Event] =
      Self.happy + [
        .needsValue, .undone, .newVersionRevoked, .failed(Rotation.Failure("a")),
        .failed(Rotation.Failure("b", isTransient: true)),
        .failed(Rotation.Failure("c", isTransient: true, isUntouched: true)),
      ]
    var rotation = try Self.rotation()
    var hasSwitched = false
    for _ in 0..<200 {
      let before = rotation
      let steps = rotation.advance(events[next(events.count)], at: Self.start)
      if before.phase == .promoting && rotation.phase == .draining { hasSwitched = true }
      if [.draining, .revoking, .complete].contains(rotation.phase) {
        #expect(hasSwitched, "seed \(seed)")
      }
      if [.undoing, .failed].contains(rotation.phase) { #expect(!hasSwitched, "seed \(seed)") }
      if before.phase.isFinal { #expect(rotation.phase == before.phase && steps.isEmpty) }
      #expect(Rotation(rotation.json, tenant: rotation.tenant) == rotation, "seed \(seed)")
    }
  }
}
