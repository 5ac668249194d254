// swift-tools-version: 6.3
import PackageDescription

/// One set of compiler rules for every Swift target: Swift 6 mode (from the tools version),
/// every unsafe expression marked, every warning an error.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .treatWarning("DeprecatedDeclaration", as: .warning),
]

/// Optimised in debug builds too: most of the time of a build and of its tests is spent there.
///
/// Unoptimised, `embed-rules` proves 1400 rules for 85 seconds. Preconditions stay.
let fast: [SwiftSetting] =
  strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
  name: "sluice",
  products: [.executable(name: "sluice", targets: ["sluice"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    // Subprocess names programs by its paths; it brings the package along.
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // Not linked: it is loaded when an archive is read.
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CSluiceKernels"),
    .target(name: "CSluiceProcess"),

    .target(
      name: "SluiceCrypto", dependencies: ["COpenSSL", "CLinux"], swiftSettings: strict),
    .target(name: "SluiceRegex", dependencies: ["CPCRE2"], swiftSettings: fast),
    .target(name: "SluiceAudit", dependencies: ["SluiceCrypto"], swiftSettings: strict),
    .target(
      name: "SluiceVault",
      dependencies: [
        "SluiceAudit", "SluiceCrypto", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "SluiceSubprocess",
      dependencies: [.product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: strict),
    .target(
      name: "SluiceActions",
      dependencies: [
        "SluiceAudit", "SluiceCrypto", "SluiceSubprocess", "SluiceVault",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      exclude: ["Rotation.md"], swiftSettings: strict),
    .target(
      name: "SluiceRules",
      dependencies: ["SluiceRegex", .product(name: "Yams", package: "Yams")],
      swiftSettings: fast),
    .target(
      name: "SluiceScan",
      dependencies: ["SluiceRules", "SluiceRegex", "SluiceCrypto", "CSluiceKernels", "CLinux"],
      swiftSettings: fast),
    .target(
      name: "SluiceFilter",
      dependencies: ["SluiceScan", "SluiceRules", "SluiceRegex", "SluiceCrypto", "CLinux"],
      swiftSettings: fast),
    .target(name: "SluiceAlerts", dependencies: ["SluiceRules"], swiftSettings: strict),
    .target(
      name: "SluiceCompression", dependencies: ["SluiceFilter", "CZlib"], swiftSettings: strict),
    .target(
      name: "SluiceMetrics",
      dependencies: [
        "SluiceScan", "SluiceRules", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "SluiceProcess",
      dependencies: [
        "SluiceFilter", "SluiceScan", "SluiceRules", "SluiceCrypto", "CLinux", "CSluiceProcess",
      ],
      swiftSettings: strict),
    .target(
      name: "SluiceLibrary",
      dependencies: [
        "SluiceFilter", "SluiceScan", "SluiceRules", "SluiceRegex", "SluiceCrypto",
        .product(name: "TOMLKit", package: "TOMLKit"), .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),

    .target(
      name: "SluiceWorkspace",
      dependencies: [
        "SluiceScan", "SluiceRules", "SluiceRegex", "SluiceCrypto", "SluiceSubprocess", "CArchive",
        "CLinux",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),

    .target(
      name: "SluiceAgents",
      dependencies: [
        "SluiceLibrary", "SluiceFilter", "SluiceScan", "SluiceRules", "SluiceCrypto",
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "embed-rules", dependencies: ["SluiceRules", "SluiceScan"],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .plugin(
      name: "EmbedRules", capability: .buildTool(), dependencies: ["embed-rules"],
      path: "Sources/EmbedRules"),
    .target(
      name: "SluiceBuiltins", dependencies: ["SluiceRules"], swiftSettings: strict,
      plugins: ["EmbedRules"]),

    .target(
      name: "SluiceEvidence", dependencies: ["SluiceAudit", "SluiceCrypto"],
      swiftSettings: strict),
    .executableTarget(
      name: "embed-controls",
      dependencies: ["SluiceAudit", "SluiceEvidence", .product(name: "Yams", package: "Yams")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .plugin(
      name: "EmbedControls", capability: .buildTool(), dependencies: ["embed-controls"],
      path: "Sources/EmbedControls"),
    .target(
      name: "SluiceControls", dependencies: ["SluiceAudit", "SluiceEvidence"],
      exclude: ["Controls"],
      swiftSettings: strict, plugins: ["EmbedControls"]),

    .executableTarget(
      name: "sluice",
      dependencies: [
        "SluiceActions", "SluiceAgents", "SluiceAlerts", "SluiceAudit", "SluiceBuiltins",
        "SluiceCompression", "SluiceControls", "SluiceCrypto", "SluiceEvidence", "SluiceFilter",
        "SluiceLibrary",
        "SluiceMetrics", "SluiceProcess", "SluiceRules", "SluiceScan", "SluiceVault",
        "SluiceWorkspace", "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: [
        "SluiceBuiltins", "SluiceCrypto", "SluiceFilter", "SluiceRules", "SluiceScan",
      ],
      path: "Tests/TestSupport", swiftSettings: strict),
    .executableTarget(
      name: "make-fixtures",
      dependencies: ["SluiceBuiltins", "SluiceRules", "SluiceScan", "TestSupport"],
      path: "Tests/make-fixtures", swiftSettings: strict),
    .testTarget(
      name: "SluiceFilterTests",
      dependencies: [
        "MeasureSupport", "SluiceBuiltins", "SluiceCrypto", "SluiceFilter", "SluiceRules",
        "SluiceScan",
        "TestSupport",
      ],
      swiftSettings: strict),

    .target(
      name: "MeasureSupport", dependencies: ["SluiceRules", "SluiceScan"],
      path: "Tests/MeasureSupport", swiftSettings: strict),
    .executableTarget(
      name: "sluice-measure",
      dependencies: [
        "MeasureSupport", "SluiceRules", "SluiceScan",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Measure", swiftSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "OracleSupport", dependencies: ["SluiceRegex", "SluiceRules", "SluiceScan"],
      path: "Tests/OracleSupport", swiftSettings: fast),
    .executableTarget(
      name: "sluice-engine-bench",
      dependencies: [
        "SluiceBuiltins", "SluiceCrypto", "SluiceRegex", "SluiceRules", "SluiceScan",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/EngineBench",
      swiftSettings: [
        .enableExperimentalFeature("Lifetimes"), .treatAllWarnings(as: .error),
      ]),
    .executableTarget(
      name: "sluice-vault-bench",
      dependencies: [
        "SluiceAudit", "SluiceCrypto", "SluiceVault",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/VaultBench", swiftSettings: [.treatAllWarnings(as: .error)]),
    .testTarget(
      name: "SluiceScanTests",
      dependencies: [
        "OracleSupport", "SluiceBuiltins", "SluiceRegex", "SluiceRules", "SluiceScan",
      ],
      swiftSettings: fast),
    .testTarget(
      name: "SluiceRulesTests",
      dependencies: ["SluiceBuiltins", "SluiceRules", "SluiceRegex", "CPCRE2"],
      swiftSettings: strict),
    .testTarget(
      name: "SluiceCryptoTests", dependencies: ["SluiceCrypto"], swiftSettings: strict),
    .testTarget(
      name: "SluiceAgentsTests",
      dependencies: ["SluiceAgents", "SluiceFilter", "SluiceRules", "SluiceScan"],
      swiftSettings: strict),
    .testTarget(
      name: "SluiceAlertsTests", dependencies: ["SluiceAlerts"], swiftSettings: strict),
    .testTarget(
      name: "SluiceMetricsTests",
      dependencies: ["SluiceMetrics", "SluiceRules", "SluiceScan"], swiftSettings: strict),
    .testTarget(
      name: "SluiceLibraryTests",
      dependencies: [
        "SluiceBuiltins", "SluiceLibrary", "SluiceRules", "SluiceScan", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SluiceAuditTests", dependencies: ["SluiceAudit", "SluiceCrypto"],
      swiftSettings: strict),
    .testTarget(
      name: "SluiceVaultTests",
      dependencies: [
        "SluiceAudit", "SluiceCrypto", "SluiceVault",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "RotationSupport",
      dependencies: ["SluiceActions", "SluiceAudit", "SluiceCrypto", "SluiceVault"],
      path: "Tests/RotationSupport", swiftSettings: strict),
    .executableTarget(
      name: "sluice-campaign",
      dependencies: [
        "RotationSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/RotationCampaign", swiftSettings: [.treatAllWarnings(as: .error)]),
    .testTarget(
      name: "SluiceActionsTests",
      dependencies: [
        "RotationSupport", "SluiceActions", "SluiceAudit", "SluiceCrypto", "SluiceVault", "sluice",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "sluice-audit-trial",
      dependencies: [
        "SluiceAudit", "SluiceCrypto", "SluiceVault",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/AuditTrial",
      swiftSettings: [
        .enableExperimentalFeature("Lifetimes"), .treatAllWarnings(as: .error),
      ]),
    .testTarget(
      name: "SluiceEvidenceTests",
      dependencies: ["SluiceAudit", "SluiceControls", "SluiceCrypto", "SluiceEvidence"],
      swiftSettings: strict),
    .testTarget(name: "SluiceRegexTests", dependencies: ["SluiceRegex"], swiftSettings: strict),
    .testTarget(
      name: "SluiceWorkspaceTests",
      dependencies: [
        "SluiceBuiltins", "SluiceCrypto", "SluiceRules", "SluiceScan", "SluiceWorkspace",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: ["SluiceRules", "TestSupport", "sluice", "sluice-audit-trial"],
      swiftSettings: strict),
    .testTarget(
      name: "OracleTests",
      dependencies: [
        "OracleSupport", "SluiceBuiltins", "SluiceRules", "SluiceScan", "TestSupport",
      ],
      swiftSettings: fast),
    .executableTarget(
      name: "sluice-oracle",
      dependencies: [
        "OracleSupport", "SluiceBuiltins", "SluiceRules", "SluiceScan", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Oracle", swiftSettings: [.treatAllWarnings(as: .error)]),
  ]
)

// Fuzz targets link libFuzzer, which only a build with `-sanitize=fuzzer` can; see `make fuzz`.
if Context.environment["SLUICE_FUZZ"] != nil {
  package.targets += [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    .executableTarget(
      name: "fuzz-stream",
      dependencies: [
        "CLibFuzzer", "OracleSupport", "SluiceBuiltins", "SluiceRules", "SluiceScan",
        "TestSupport",
      ],
      path: "Tests/Fuzz/fuzz-stream"),
    .executableTarget(
      name: "fuzz-audit", dependencies: ["CLibFuzzer", "SluiceAudit", "SluiceCrypto"],
      path: "Tests/Fuzz/fuzz-audit"),
    .executableTarget(
      name: "fuzz-decode",
      dependencies: [
        "CLibFuzzer", "OracleSupport", "SluiceBuiltins", "SluiceRules", "SluiceScan",
      ],
      path: "Tests/Fuzz/fuzz-decode"),
  ]
  package.targets.append(
    .target(
      name: "FuzzRecords",
      dependencies: [
        "CLibFuzzer", "SluiceBuiltins", "SluiceFilter", "SluiceRules", "SluiceScan", "TestSupport",
      ],
      path: "Tests/Fuzz/FuzzRecords"))
  for format in ["jsonl", "rsyslog", "omprog", "docker", "cri", "journald"] {
    package.targets.append(
      .executableTarget(
        name: "fuzz-\(format)", dependencies: ["FuzzRecords"], path: "Tests/Fuzz/fuzz-\(format)"))
  }
}
