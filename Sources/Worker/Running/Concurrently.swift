/// Runs `body` for each element, at most `limit` at once, and gives by element what it gave; those that gave nil are left out.
///
/// The first error cancels what runs, and is thrown.
func concurrently<Element: Hashable & Sendable, Result: Sendable>(
    _ elements: some Sequence<Element>, limit: Int,
    _ body: @escaping @Sendable (Element) async throws -> Result?
) async throws -> [Element: Result] {
    try await withThrowingTaskGroup(of: (Element, Result?).self) { group in
        var remaining = Array(elements)[...]
        func startNext() {
            guard let element = remaining.popFirst() else { return }
            group.addTask { (element, try await body(element)) }
        }
        for _ in 0..<max(1, limit) { startNext() }
        var results: [Element: Result] = [:]
        while let (element, result) = try await group.next() {
            results[element] = result
            startNext()
        }
        return results
    }
}
