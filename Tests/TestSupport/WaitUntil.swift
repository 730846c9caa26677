/// Waits until a condition holds, asking again every `interval`; returns at once where it holds already.
///
/// Throws `TestFailure` naming `what` when it does not hold within `deadline`, and whatever the condition throws.
public nonisolated(nonsending) func waitUntil(
    deadline: Duration = .seconds(60), every interval: Duration = .milliseconds(10),
    _ what: String = "the awaited condition", _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + deadline
    while true {
        let isLast = clock.now >= end
        if try await condition() { return }
        guard !isLast else { throw TestFailure("\(what): not within \(deadline)") }
        try await Task.sleep(for: interval)
    }
}
