/// What the bucket said of one row.
public struct VerifiedRow: Hashable, Sendable {
    /// The key without the cache's prefix.
    public var filename: ObjectKey
    /// What HEAD told; nil: the object does not exist.
    public var object: ObjectSummary?

    /// An answer.
    public init(filename: ObjectKey, object: ObjectSummary?) {
        self.filename = filename
        self.object = object
    }
}

/// What a finished verify says in `s3cache.jobs.result`.
public struct VerifyResult: Hashable, Sendable, Codable {
    /// Rows whose object was asked for.
    public var checked = 0
    /// Objects that exist.
    public var present = 0
    /// Objects that do not.
    public var missing = 0
    /// Rows whose HEAD failed otherwise; they stay as they were.
    public var errors = 0

    /// All zero.
    public init() {}
}
