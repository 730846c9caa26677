/// What is known of attempts to store the same object, some of which may have stored it without anybody hearing so.
public struct EarlierAttempts: Sendable {
    /// Whether there were any before.
    public var mayHaveStored: Bool
    /// How long ago the first of them, or the present one, began; nil where an object with this etag is known to have been there by then.
    public var age: @Sendable (_ etag: String) async throws -> Duration?

    /// Attempts of before, perhaps, and how long ago all began.
    public init(mayHaveStored: Bool, age: @escaping @Sendable (_ etag: String) async throws -> Duration?) {
        self.mayHaveStored = mayHaveStored
        self.age = age
    }
}
