import Testing

@testable import Core

@Suite struct ListingCheckTests {
    private func page(_ keys: [String], next: ListingPosition? = nil, size: Int64 = 1) -> ListingPage {
        ListingPage(
            objects: keys.map {
                ObjectSummary(key: ObjectKey($0), size: size, etag: "e", lastModified: Timestamp(microseconds: 0))
            }, next: next)
    }

    @Test func trueListingIsAccepted() throws {
        var check = ListingCheck(bucket: "b", prefix: "p/", after: nil)
        try check.accept(page(["p/", "p/a", "p/a/b"], next: .continuation("1")))
        try check.accept(page(["p/b"], next: .after("p/b")))
        try check.accept(page(["p/\u{E000}", "p/\u{10000}"], next: .continuation("1")))
        try check.accept(page([]))
    }

    @Test func emptyBucketIsAccepted() throws {
        var check = ListingCheck(bucket: "b", prefix: "", after: nil)
        try check.accept(page([]))
    }

    @Test(arguments: [
        (["b", "a"], "ascending"), (["a", "a"], "ascending"), (["\u{10000}", "\u{E000}"], "ascending"),
        (["a", "x/a"], "outside the prefix"), ([""], "0 bytes"),
    ])
    func faultWithinAPageIsNamed(keys: [String], words: String) {
        var check = ListingCheck(bucket: "the-bucket", prefix: words.hasPrefix("outside") ? "a" : "", after: nil)
        let error = #expect(throws: StoreError.self) { try check.accept(page(keys)) }
        #expect(error?.code == .malformedListing && error?.isRetryable == false)
        #expect(error?.message.contains(words) == true && error?.message.contains("the-bucket") == true)
    }

    @Test func orderIsWatchedFromPageToPageAndFromTheStart() throws {
        var check = ListingCheck(bucket: "b", prefix: "", after: "c")
        #expect(throws: StoreError.self) { try check.accept(page(["c"])) }
        try check.accept(page(["d"], next: .continuation("1")))
        #expect(throws: StoreError.self) { try check.accept(page(["d"])) }
        #expect(throws: StoreError.self) { try check.accept(page(["b"])) }
    }

    @Test func longKeysNegativeSizesAndEmptyPagesThatAreNotTheLastAreRefused() throws {
        var check = ListingCheck(bucket: "b", prefix: "", after: nil)
        #expect(throws: StoreError.self) { try check.accept(page([String(repeating: "x", count: 1_025)])) }
        #expect(throws: StoreError.self) { try check.accept(page(["a"], size: -1)) }
        #expect(throws: StoreError.self) { try check.accept(page([], next: .continuation("1"))) }
        #expect(throws: StoreError.self) { try check.accept(page([], next: .after("z"))) }
        var fresh = ListingCheck(bucket: "b", prefix: "", after: nil)
        try fresh.accept(page([String(repeating: "x", count: 1_024)]))
    }
}
