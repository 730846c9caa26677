import Foundation

/// Where test vectors lie: the committed ones beside this file, and those in the directory that the environment variable
/// S3CACHE_TEST_VECTORS names, if it is set. Both are laid out alike.
enum Vectors {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    static var isExternalSet: Bool { external != nil }

    private static var external: URL? {
        ProcessInfo.processInfo.environment["S3CACHE_TEST_VECTORS"].flatMap { path in
            path.isEmpty ? nil : URL(filePath: path, directoryHint: .isDirectory)
        }
    }

    /// Committed fixtures first.
    private static var roots: [URL] { [tests.appending(path: "Fixtures")] + (external.map { [$0] } ?? []) }

    /// The values that AWS's documentation prints.
    static func documented() throws -> [DocumentedExample] {
        try roots.flatMap { root in
            try JSONDecoder().decode(
                [DocumentedExample].self, from: Data(contentsOf: root.appending(path: "s3-documented/s3_examples.json"))
            )
        }
    }

    /// The folders of a suite in which there is a file whose name ends like this.
    static func cases(of suite: String, marked suffix: String) throws -> [URL] {
        try roots.flatMap { root in
            let folder = root.appending(path: suite)
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            return files.filter { $0.hasSuffix(suffix) }.sorted().map {
                folder.appending(path: $0).deletingLastPathComponent()
            }
        }
    }

    /// The lines of the committed corpus.
    static func committedCorpus(_ name: String) throws -> [Data] {
        try lines(of: tests.appending(path: "Corpus").appending(path: name))
    }

    /// The lines of every corpus in the directory of the environment, by file.
    static func externalCorpora() throws -> [(name: String, lines: [Data])] {
        guard let folder = external?.appending(path: "corpus") else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jsonl") }
            .sorted()
            .map { ($0, try lines(of: folder.appending(path: $0))) }
    }

    private static func lines(of file: URL) throws -> [Data] {
        try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { Data($0) }
    }
}
