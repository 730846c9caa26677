import Adapters
import Core
import TestSupport
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(5))) struct HedgedFetcherTests {
    /// The first of the two requests goes on when the second fails, and what it brings counts.
    @Test func secondRequestThatFailsEndsNothing() async throws {
        let hasFailed = Shared(false)
        let wasCancelled = Shared(false)
        let store = HookedStore(
            try MemoryStore(sorted: .made(["a", "b"]), listsFromAnyKey: true),
            onRequest: { number, _ in
                // Before so many answers are known nothing is late.
                if number == 17 {
                    try await waitUntil("the second request fails") { hasFailed.value }
                    for _ in 0..<1_000 where !Task.isCancelled { await Task.yield() }
                    wasCancelled.withLock { $0 = Task.isCancelled }
                } else if number == 18 {
                    hasFailed.withLock { $0 = true }
                    throw StoreError(.accessDenied, "No.", operation: "ListObjectsV2", bucket: "memory")
                }
            })
        let fetcher = HedgedFetcher(store: store, prefix: "", limit: 10)
        var answer: HedgedFetcher.Answer?
        for _ in 0..<17 { answer = try await fetcher.fetch(.probe(after: "a")) }
        #expect(hasFailed.value && !wasCancelled.value)
        #expect(answer?.wasHedged == true)
        #expect(try answer?.page.get().objects.map(\.key) == ["b"])
    }
}
