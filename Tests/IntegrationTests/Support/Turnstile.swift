import Synchronization

/// Lets so many in at a time, first come, first served.
final class Turnstile: Sendable {
    /// For tests: the testing library would start all of them at once.
    static let shared = Turnstile(limit: 8)

    private struct State {
        var free: Int
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// With so many places.
    init(limit: Int) { state = Mutex(State(free: limit)) }

    /// Waits for a place. A task that is cancelled meanwhile gets none.
    func enter() async throws {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiters.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        guard !Task.isCancelled else {
            leave()
            throw CancellationError()
        }
    }

    /// Gives the place to the next, or back.
    func leave() {
        let next = state.withLock { state in
            guard !state.waiters.isEmpty else {
                state.free += 1
                return nil as CheckedContinuation<Void, Never>?
            }
            return state.waiters.removeFirst()
        }
        next?.resume()
    }
}
