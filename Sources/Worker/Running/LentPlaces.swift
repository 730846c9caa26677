internal import Synchronization

/// The places of jobs that have done their work and wait for the database to write their end: others may run there meanwhile, so
/// that ends can be written together.
package final class LentPlaces: Sendable {
    private struct State {
        var count = 0
        /// Told each time that a place is lent.
        var listener: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    /// None is lent yet.
    package init() {}

    /// How many are lent.
    var count: Int { state.withLock(\.count) }

    /// Has an element each time that a place has been lent; for one consumer, which takes the place of an earlier one.
    func loans() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listener = continuation }
        return stream
    }

    /// Lends the place of a job while `body` runs, which does little here but wait. Once for a job at a time.
    nonisolated(nonsending) func lending<Result>(_ body: () async throws -> Result) async throws -> Result {
        state.withLock { state in
            state.count += 1
            state.listener?.yield()
        }
        defer { state.withLock { $0.count -= 1 } }
        return try await body()
    }
}
