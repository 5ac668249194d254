internal import SluiceRegex

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What a rule costs at worst, measured with texts that are made to be slow for it.
package struct RuleCost: Sendable, Hashable {
  /// Steps of one attempt that were never exceeded, in the units of `MatchScratch.matchLimit`;
  /// nil if an attempt gave up at the limit of a scan.
  package let steps: Int?
  /// The longest attempt that did not give up, the quickest of five runs of it.
  ///
  /// PCRE2 counts backtracks, not bytes: an attempt that reads the rest of the text after each of
  /// them stays below every limit and takes a time that grows with the square of the length.
  package let slowest: Duration
  /// How many texts were tried.
  package let texts: Int

  /// Bytes that a repeat is fed with.
  static let length = 8192
  /// A linear attempt on a text of `length` takes 10 to 500 us, a quadratic one 15 ms or more
  /// (x86-64, 2 cores).
  static let mostTime = Duration.milliseconds(5)
  /// Where an attempt gives up while a stream is scanned.
  static let mostSteps = 100_000
  /// Powers of 8 up to that.
  private static let limits = [64, 512, 4096, 32_768, mostSteps]

  /// - Throws: `PatternError` if the expression does not compile.
  package init(of rule: Rule) throws {
    let pattern = try Pattern(rule.boundedExpression, start: .anchored)
    guard let tree = try? RegexParser.parse(rule.boundedExpression) else {
      self.init(steps: nil, slowest: .zero, texts: 0)
      return
    }
    let texts = AdversarialText(tree).texts(length: Self.length)
    var index = 0
    var slowest = Duration.zero
    for limit in Self.limits {
      var scratch = MatchScratch(groups: pattern.captureCount, matchLimit: UInt32(limit))
      while index < texts.count {
        let text = texts[index]
        var outcome = MatchOutcome.none
        var quickest = Duration.seconds(1000)
        for _ in 0..<5 where quickest > Self.mostTime {
          // Processor time, too: on a busy machine an attempt waits for longer than it runs.
          let start = clock()
          let time = ContinuousClock().measure {
            outcome = pattern.match(in: text.span, from: 0, isFinal: true, scratch: &scratch)
          }
          quickest = min(quickest, time, .microseconds(clock() - start))
        }
        if outcome == .gaveUp { break }
        slowest = max(slowest, quickest)
        index += 1
      }
      if index == texts.count {
        self.init(steps: limit, slowest: slowest, texts: texts.count)
        return
      }
    }
    self.init(steps: nil, slowest: slowest, texts: texts.count)
  }

  private init(steps: Int?, slowest: Duration, texts: Int) {
    self.steps = steps
    self.slowest = slowest
    self.texts = texts
  }

  /// Of 1000 bytes of an ordinary log, those at which a match of the rule can begin: how often a
  /// rule without an anchor is tried.
  static func startsPerThousand(of plan: RulePlan) -> Int {
    let text = Array(ordinaryText.utf8)
    return text.count { plan.startBytes.contains($0) } * 1000 / text.count
  }

  private static let ordinaryText = """
    2026-03-04T10:15:30.123Z INFO  [worker-7] c.a.orders.Handler - request 8f14e45f completed \
    status=200 duration=12ms path=/v1/orders/10442?expand=items user=anna@example.com
    {"time":"2026-03-04T10:15:31Z","level":"warn","msg":"retrying","attempt":2,"host":"10.0.3.17"}
    Mar  4 10:15:32 web-2 nginx[811]: 203.0.113.9 "GET /assets/app.3f9c21ab.js HTTP/1.1" 304 0
    The agent called tool `search_orders` and found 3 results; it will now ask for the details.

    """
}
