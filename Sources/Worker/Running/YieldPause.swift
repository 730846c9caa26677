/// The pauses of a job that stands back for other sessions' locks: random, longer each time, 2 s at most.
struct YieldPause {
    private(set) var count = 0

    /// Waits, and counts.
    mutating func wait() async throws {
        let ceiling = min(50 << min(count, 6), 2_000)
        count += 1
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...ceiling)))
    }
}
