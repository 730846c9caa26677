import Testing

@testable import Core

@Suite struct CacheDiffTests {
    private func object(_ key: String, etag: String = "e") -> ObjectSummary {
        ObjectSummary(key: ObjectKey(key), size: 1, etag: etag, lastModified: Timestamp(microseconds: 5))
    }

    private func row(_ name: String, etag: String? = "e", isPresent: Bool = true) -> CachedRow {
        CachedRow(
            filename: ObjectKey(name), size: 1, etag: etag, lastModified: Timestamp(microseconds: 5), storageClass: nil,
            isPresent: isPresent)
    }

    @Test func emptySidesGiveOnlyAdditionsOrOnlyRemovals() {
        let added = CacheDiff(listed: [object("a"), object("b")], cached: [], prefixLength: 0)
        #expect(added.written.map(\.key) == ["a", "b"] && added.added == 2 && added.updated == 0)
        #expect(added.removed.isEmpty && added.presentRows == 0)
        let removed = CacheDiff(listed: [], cached: [row("a"), row("b", isPresent: false)], prefixLength: 0)
        #expect(removed.removed == ["a", "b"] && removed.presentRows == 1 && removed.presentRemoved == 1)
        #expect(removed.written.isEmpty)
        let nothing = CacheDiff(listed: [], cached: [], prefixLength: 0)
        #expect(nothing.written.isEmpty && nothing.removed.isEmpty && nothing.unchanged == 0)
    }

    @Test func eachKindOfDifferenceIsTold() {
        let diff = CacheDiff(
            listed: ["b", "c", "d", "f"].map { object($0, etag: $0 == "c" ? "new" : "e") },
            cached: [row("a"), row("b"), row("c"), row("d", isPresent: false), row("e", isPresent: false), row("g")],
            prefixLength: 0)
        #expect(diff.written.map(\.key) == ["c", "d", "f"])
        #expect(diff.added == 1 && diff.updated == 2 && diff.unchanged == 1)
        #expect(diff.removed == ["a", "e", "g"])
        #expect(diff.presentRows == 4 && diff.presentRemoved == 2)
    }

    @Test func newerRowsAreNeitherWrittenNorRemoved() {
        var rows = [row("a"), row("b", etag: "old"), row("c"), row("d")]
        for index in [1, 2] { rows[index].isNewer = true }
        let diff = CacheDiff(listed: [object("a"), object("b")], cached: rows, prefixLength: 0)
        #expect(diff.written.isEmpty && diff.unchanged == 2 && diff.updated == 0)
        #expect(diff.removed == ["d"] && diff.presentRows == 4 && diff.presentRemoved == 1)
    }

    @Test func whereUnlistedRowsAreKeptNoneIsRemoved() {
        var diff = CacheDiff(keepsUnlisted: true)
        diff.compare(
            listed: [object("b"), object("c")], cached: [row("a"), row("b", etag: "old"), row("d")], prefixLength: 0)
        #expect(diff.written.map(\.key) == ["b", "c"] && diff.added == 1 && diff.updated == 1)
        #expect(diff.removed.isEmpty && diff.presentRows == 3 && diff.presentRemoved == 0)
    }

    /// HTTP's Last-Modified has no fractions, listings do: a row that HEAD wrote is made exact, and counts as unchanged.
    @Test(arguments: [
        (5_000_000, 5_000_000, false, 0), (5_000_000, 5_000_001, true, 0), (5_000_000, 5_999_999, true, 0),
        (5_000_000, 6_000_000, false, 1), (5_000_001, 5_000_000, false, 1), (5_100_000, 5_200_000, false, 1),
    ])
    func timesThatDifferByAFractionAreRefined(cached: Int64, listed: Int64, isRefined: Bool, updated: Int) {
        var row = row("a")
        row.lastModified = Timestamp(microseconds: cached)
        var object = object("a")
        object.lastModified = Timestamp(microseconds: listed)
        let diff = CacheDiff(listed: [object], cached: [row], prefixLength: 0)
        #expect(diff.updated == updated && diff.unchanged == 1 - updated && diff.refined == (isRefined ? 1 : 0))
        #expect(diff.written.count == (isRefined ? 1 : updated) && diff.removed.isEmpty)
    }

    @Test(arguments: ["size", "etag", "lastModified", "storageClass", "unverified", "isPresent"])
    func everyComparedColumnCounts(column: String) {
        var row = row("a")
        switch column {
        case "size": row.size = 2
        case "etag": row.etag = "other"
        case "lastModified": row.lastModified = Timestamp(microseconds: 6)
        case "storageClass": row.storageClass = "GLACIER"
        case "isPresent": row.isPresent = false
        default: (row.size, row.etag, row.lastModified) = (nil, nil, nil)
        }
        let diff = CacheDiff(listed: [object("a")], cached: [row], prefixLength: 0)
        #expect(diff.updated == 1 && diff.unchanged == 0 && diff.added == 0 && diff.removed.isEmpty)
    }

    @Test func prefixIsDroppedByBytesAndOrderIsOfBytes() {
        // Composed and decomposed spellings are two names; the astral one comes behind U+E000.
        let names = ["e\u{301}", "\u{E9}", "\u{E000}", "\u{10000}"]
        let diff = CacheDiff(listed: names.map { object("ü/" + $0) }, cached: names.map { row($0) }, prefixLength: 3)
        #expect(diff.unchanged == 4 && diff.written.isEmpty && diff.removed.isEmpty)
    }

    @Test func randomSidesGiveWhatSetsGive() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let all = (0..<30).map { String($0) }.sorted()
            let listed = all.filter { _ in Bool.random(using: &random) }
            let cached = all.filter { _ in Bool.random(using: &random) }
            let diff = CacheDiff(listed: listed.map { object($0) }, cached: cached.map { row($0) }, prefixLength: 0)
            #expect(Set(diff.written.map(\.key.string)) == Set(listed).subtracting(cached))
            #expect(Set(diff.removed.map(\.string)) == Set(cached).subtracting(listed))
            #expect(diff.unchanged == Set(cached).intersection(listed).count)
        }
    }
}
