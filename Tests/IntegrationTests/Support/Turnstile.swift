import TestSupport

/// Lets so many in at a time.
final class Turnstile: Sendable {
    /// For tests: the testing library would start all of them at once.
    static let shared = Turnstile(limit: 8)

    private let free: Shared<Int>

    /// With so many places.
    init(limit: Int) { free = Shared(limit) }

    /// Waits for a place.
    func enter() async throws {
        try await waitUntil(deadline: .seconds(900), every: .milliseconds(2), "a place at the turnstile") {
            free.withLock { free in
                guard free > 0 else { return false }
                free -= 1
                return true
            }
        }
    }

    /// Gives the place back.
    func leave() { free.withLock { $0 += 1 } }
}
