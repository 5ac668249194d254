// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// Hyperscan is compared with where it is installed.
///
/// `SLUICE_BENCH_HYPERSCAN=0` leaves it out.
let hyperscanHeaders = ["/usr/include/hs/hs.h", "/usr/local/include/hs/hs.h"]
let hasHyperscan =
  Context.environment["SLUICE_BENCH_HYPERSCAN"] != "0"
  && hyperscanHeaders.contains { FileManager.default.fileExists(atPath: $0) }

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
  .treatWarning("DeprecatedDeclaration", as: .warning),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "sluice-benchmarks",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    // Programs of this package are not linked but built beside it, where it looks for them; those
    // of Sluice are `.ci/release build`'s.
    .executableTarget(
      name: "sluice-bench",
      dependencies: [argumentParser, "bench-seat"] + (hasHyperscan ? ["hyperscan-bench"] : []),
      swiftSettings: strict),
    .executableTarget(name: "bench-seat"),
    .executableTarget(
      name: "hostile-bench", dependencies: [argumentParser, "bench-seat"], swiftSettings: strict),
    .executableTarget(
      name: "latency-bench",
      dependencies: [
        argumentParser, .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: strict),
  ]
    + (hasHyperscan
      ? [
        .systemLibrary(name: "CHyperscan", pkgConfig: "libhs"),
        .executableTarget(
          name: "hyperscan-bench", dependencies: ["CHyperscan", argumentParser],
          swiftSettings: strict),
      ] : [])
)
