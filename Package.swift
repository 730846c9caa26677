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
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // C: a module map and a shim header each, nothing else.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CMalloc"),

        // Generic wrappers, no domain words.
        .target(name: "Postgres", dependencies: ["CLibPQ"], swiftSettings: strict),
        .target(name: "HTTP", dependencies: ["CCurl"], swiftSettings: strict),
        .target(name: "Gzip", dependencies: ["CZlib"], swiftSettings: strict),
        .target(name: "SigV4", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(
            name: "Commands", dependencies: [.product(name: "Subprocess", package: "swift-subprocess")],
            swiftSettings: strict),
        .target(
            name: "S3", dependencies: ["HTTP", "SigV4", "Commands", "CLibXML2"], swiftSettings: strict),

        // The domain. Core is pure: it imports no IO module.
        .target(name: "Core", swiftSettings: strict),
        .target(
            name: "Adapters",
            dependencies: [
                "Core", "Postgres", "HTTP", "SigV4", "S3", "Gzip", "Commands",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: strict,
            plugins: ["EmbedSQL"]),
        .target(
            name: "Worker", dependencies: ["Core"], swiftSettings: strict),

        // The program: builds the object graph, knows everyone.
        .executableTarget(
            name: "s3cache",
            dependencies: [
                "Core", "Adapters", "Worker", "Postgres", "S3", "CMalloc",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // The SQL tree becomes Swift source and extension scripts.
        .executableTarget(name: "sqlbundle", swiftSettings: strict),
        .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["sqlbundle"]),

        // Benchmarks: run by bench/run.sh.
        .executableTarget(name: "ListStub", path: "bench/ListStub", swiftSettings: strict),
        .executableTarget(
            name: "SignBench", dependencies: ["SigV4"], path: "bench/SignBench", swiftSettings: strict),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["Postgres", "Core", "CZlib"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(name: "Conformance", dependencies: ["Core"], path: "Tests/Conformance", swiftSettings: strict),
        .target(name: "ImageFixtures", path: "Tests/ImageFixtures", swiftSettings: strict),
        .testTarget(name: "CoreTests", dependencies: ["Core", "ImageFixtures", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "GzipTests", dependencies: ["Gzip", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SigV4Tests", dependencies: ["SigV4"], exclude: ["Corpus", "Fixtures"], swiftSettings: strict),
        .target(
            name: "BucketSupport", dependencies: ["Adapters", "Core", "HTTP", "S3", "SigV4", "TestSupport"],
            path: "Tests/BucketSupport", swiftSettings: strict),
        .testTarget(name: "TestSupportTests", dependencies: ["HTTP", "TestSupport"], swiftSettings: strict),
        .executableTarget(name: "ListFuzz", dependencies: ["S3"], path: "Tests/ListFuzz", swiftSettings: strict),
        .testTarget(name: "ListFuzzTests", dependencies: ["ListFuzz"], swiftSettings: strict),
        .executableTarget(
            name: "ImageFuzz", dependencies: ["Core", "ImageFixtures"], path: "Tests/ImageFuzz", swiftSettings: strict),
        .testTarget(name: "ImageFuzzTests", dependencies: ["ImageFuzz"], swiftSettings: strict),
        .testTarget(
            name: "S3Tests", dependencies: ["S3", "HTTP", "SigV4", "Commands", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AdaptersTests",
            dependencies: [
                "Adapters", "BucketSupport", "Core", "Conformance", "S3", "SigV4", "TestSupport",
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Adapters", "BucketSupport", "Core", "ImageFixtures", "Postgres", "SigV4", "TestSupport", "Worker",
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
