import Core
internal import Synchronization

/// Which keys are being written: two rows of one job that name the same object store it one after the other.
final class KeysUnderWay: Sendable {
    private struct Waiter {
        var id: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        /// Of each key that somebody is at work on: who waits for it, the first one first.
        var waiters: [ObjectKey: [Waiter]] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    /// How many wait for a key.
    func waiting(for key: ObjectKey) -> Int { state.withLock { $0.waiters[key]?.count ?? 0 } }

    /// Runs `body` once nobody else is at work on the key. Throws what it throws, and `CancellationError` while it waits.
    func holding<Result>(_ key: ObjectKey, _ body: () async throws -> Result) async throws -> Result {
        try await enter(key)
        defer { leave(key) }
        return try await body()
    }

    private func enter(_ key: ObjectKey) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Swift.Result<Void, any Error>? = state.withLock { state in
                    // Whoever is cancelled later is found among those that wait.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard state.waiters[key] != nil else {
                        state.waiters[key] = []
                        return .success(())
                    }
                    state.waiters[key]?.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let given = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let index = state.waiters[key]?.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters[key]?.remove(at: index).continuation
            }
            given?.resume(throwing: CancellationError())
        }
    }

    private func leave(_ key: ObjectKey) {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard state.waiters[key]?.isEmpty == false else {
                state.waiters[key] = nil
                return nil
            }
            return state.waiters[key]?.removeFirst().continuation
        }
        next?.resume()
    }
}
