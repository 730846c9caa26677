import Adapters
import Core
import Foundation
import TestSupport
import Testing

/// Names that file systems, URLs, shells, SQL and Unicode make difficult.
@Suite(.timeLimit(.minutes(15))) struct OddNamesTests {
    private static let pieces = [
        " ", "+", "%", "%20", "%2F", "&", "<", ">", "'", "\"", "\\", "é", "e\u{301}", "ﬁ", "İ", "日本", "😀", "👩‍👩‍👧",
        "\u{200B}",
        "\u{202E}", "\u{2028}", "\u{FEFF}", "\u{FFFE}", "\u{10FFFD}", "\u{E000}", "\n", "\r", "\t", "\u{1}",
        "\u{1B}[31m",
        "\u{7F}", "\u{85}", "*", "?", "$HOME", "`", ";", "--", "|", "{}", "[a]", "#", "=", "@", ":", ",", "~", "Ａ",
    ]

    /// 3,000 keys, no two alike.
    static func keys() -> [ObjectKey] {
        var random = SeededGenerator(seed: 1)
        var keys: Set<ObjectKey> = [
            ".", "..", "...", "../a", "../../etc/passwd", "a", "a/", "a/b", "a//b", "a/b/c", "a!", "a0", "/", "//",
            "/a", "x/..",
            "x/../y", "x/.", "x/./y", ".s3cache~f~", ".s3cache~d~/x", ".s3cache~t~/x", " lead", "trail ", ".dot",
            "dot.",
            "dot..", "Case", "case", "CASE", "nested", "nested/x", "nested/x/y", "-rf", "con",
        ]
        for length in [254, 255, 256, 257, 500, 511, 1_000, 1_023, 1_024] {
            keys.insert(ObjectKey(String(repeating: "n", count: length)))
            keys.insert(ObjectKey(String(repeating: "é", count: length / 2)))
            keys.insert(ObjectKey("d/" + String(repeating: "m", count: length - 2)))
        }
        while keys.count < 3_000 {
            let parts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let count = Int.random(in: 1...3, using: &random)
                return (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
            }
            let key = parts.joined(separator: random.once(in: 3) ? "/" : "") + "\(keys.count % 50)"
            if key.utf8.count <= 1_024 { keys.insert(ObjectKey(key)) }
        }
        return keys.sorted()
    }

    @Test func tableEqualsTheStoresListingOfThreeThousandOddKeys() async throws {
        try await Site.use { site in
            let store = try site.store()
            let keys = Self.keys()
            for key in keys { try await store.put(key, Array(key.string.utf8.prefix(5))) }
            // And as a user makes them, with the file system alone.
            var made: [ObjectKey] = []
            for (index, piece) in Self.pieces.enumerated() {
                for name in ["files/\(piece)", "files/ \(piece) \(index)", "files/\(piece).d\(index)/\(piece)."] {
                    try site.directory.write(Array(piece.utf8), to: name)
                    made.append(ObjectKey(name))
                }
            }
            let everything = try await store.everything()
            #expect(everything.map(\.key) == Set(keys + made).sorted())

            let status = try await site.rebuild(options: ["--slice-size", "1000"])
            #expect(status.state == "done", "\(status.error ?? "")")
            let expected = try await store.expectedRows()
            #expect(try await site.session.present() == expected)

            // The second finds nothing to do: what was written reads back as it is.
            let again = try await site.rebuild(options: ["--slice-size", "1000"])
            #expect(again.count("unchanged") == everything.count)

            // Every single one is asked for by its name, too.
            try await site.session.run("update s3_image_cache set state = 'unverified'")
            let (exit, process) = try await S3CacheProgram.run(["worker", "--once"], environment: site.environment)
            #expect(exit == .code(0), "\(process.standardError.suffix(1_000))")
            #expect(try await site.session.present() == expected)
        }
    }
}
