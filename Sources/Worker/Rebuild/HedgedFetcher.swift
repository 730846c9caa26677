import Core
import Synchronization

/// Asks a store for pages, and a second time beside a request that takes far longer than others: the page that comes first
/// counts. A second request that fails counts for nothing.
struct HedgedFetcher: PageFetcher {
    /// A page, and what it took.
    struct Answer: Sendable {
        var request: ParallelPages.Request
        /// Or what the store threw where it had no capacity for the request.
        var page: Result<ListingPage, StoreError>
        /// By a clock that never goes back.
        var sentAt: Duration
        var answeredAt: Duration
        /// It was asked for twice.
        var wasHedged: Bool
    }

    private final class Timer: Sendable {
        let state = Mutex(HedgeTimer())
    }

    private let store: any ObjectStore
    private let prefix: String
    private let limit: Int
    private let begun = ContinuousClock.now
    private let timer = Timer()

    /// Asks for keys that start with `prefix`, `limit` of them at a time.
    init(store: any ObjectStore, prefix: String, limit: Int) {
        self.store = store
        self.prefix = prefix
        self.limit = limit
    }

    func fetch(_ request: ParallelPages.Request) async throws -> Answer {
        let sentAt = ContinuousClock.now - begun
        let page: Result<ListingPage, StoreError>
        var wasHedged = false
        do {
            let answer = try await hedged(
                ListingRequest(
                    prefix: prefix, position: request.after.map(ListingPosition.after) ?? .start, limit: limit))
            page = .success(answer.page)
            wasHedged = answer.wasHedged
            timer.state.withLock { $0.answered(in: ContinuousClock.now - begun - sentAt) }
        } catch let error as StoreError where error.code == .unavailable || error.code == .heldBack {
            page = .failure(error)
        }
        return Answer(
            request: request, page: page, sentAt: sentAt, answeredAt: ContinuousClock.now - begun, wasHedged: wasHedged)
    }

    private enum Race { case page(ListingPage), late, secondFailed }

    private func hedged(_ request: ListingRequest) async throws -> (page: ListingPage, wasHedged: Bool) {
        guard let delay = timer.state.withLock({ $0.delay() }) else { return (try await store.list(request), false) }
        return try await withThrowingTaskGroup(of: Race.self) { group in
            group.addTask { .page(try await store.list(request)) }
            group.addTask {
                try await Task.sleep(for: delay)
                return .late
            }
            defer { group.cancelAll() }
            var wasHedged = false
            while let event = try await group.next() {
                switch event {
                case .page(let page):
                    return (page, wasHedged)
                case .late:
                    guard timer.state.withLock({ $0.mayHedge() }) else { continue }
                    wasHedged = true
                    group.addTask {
                        do { return .page(try await store.list(request)) } catch { return .secondFailed }
                    }
                case .secondFailed:
                    // What becomes of the request is for the first to tell.
                    continue
                }
            }
            throw CancellationError()
        }
    }
}
