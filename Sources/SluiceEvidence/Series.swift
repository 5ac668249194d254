/// How often something happened, in all and in each part of the period.
package struct Series: Sendable, Hashable {
  package private(set) var total = 0
  package private(set) var buckets: [Int]

  init(buckets count: Int) { buckets = Array(repeating: 0, count: count) }

  mutating func count(at bucket: Int) {
    total += 1
    if buckets.indices.contains(bucket) { buckets[bucket] += 1 }
  }
}
