/// One sentence of the contract of `ObjectStore`, and what tries to break it.
///
///     @Test(arguments: ObjectStoreRule.all)
///     func conforms(to rule: ObjectStoreRule) async throws {
///         try await rule.check(StoreFixture(store: MemoryStore()))
///     }
public struct ObjectStoreRule: Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String
    private let body: @Sendable (StoreFixture) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (StoreFixture) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Throws `ConformanceViolation` if the store breaks the rule.
    public func check(_ fixture: StoreFixture) async throws { try await body(fixture) }

    /// The whole contract.
    public static let all = objects + keys + listings + positions + concurrency + urls + uploads + copies
}
