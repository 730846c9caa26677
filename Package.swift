// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with: warnings are errors, imports are internal unless said otherwise.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "s3cache",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "s3cache", targets: ["s3cache"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: a module map and a shim header each, nothing else.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        // Generic wrappers, no domain words.
        .target(name: "Postgres", dependencies: ["CLibPQ"], swiftSettings: strict),
        .target(name: "HTTP", dependencies: ["CCurl"], swiftSettings: strict),
        .target(name: "SigV4", dependencies: ["COpenSSL"], swiftSettings: strict),

        // The domain. Core is pure: it imports no IO module.
        .target(name: "Core", swiftSettings: strict),
        .target(
            name: "Adapters", dependencies: ["Core", "Postgres"], swiftSettings: strict, plugins: ["EmbedSQL"]),
        .target(
            name: "Worker", dependencies: ["Core"], swiftSettings: strict),

        // The program: builds the object graph, knows everyone.
        .executableTarget(
            name: "s3cache",
            dependencies: [
                "Core", "Adapters", "Worker", "Postgres",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // The SQL tree becomes Swift source and extension scripts.
        .executableTarget(name: "sqlbundle", swiftSettings: strict),
        .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["sqlbundle"]),

        // Benchmarks: run by bench/run.sh.
        .executableTarget(
            name: "RebuildBench", dependencies: ["Adapters", "Core", "Postgres", "Worker"], path: "bench/RebuildBench",
            swiftSettings: strict),

        .executableTarget(
            name: "SignBench", dependencies: ["SigV4"], path: "bench/SignBench", swiftSettings: strict),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["Postgres", "Core"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(name: "Conformance", dependencies: ["Core"], path: "Tests/Conformance", swiftSettings: strict),
        .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: strict),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SigV4Tests", dependencies: ["SigV4"], exclude: ["Corpus", "Fixtures"], swiftSettings: strict),
        .testTarget(name: "AdaptersTests", dependencies: ["Adapters", "Core", "Conformance"], swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests", dependencies: ["Adapters", "Core", "Postgres", "TestSupport", "Worker"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
