/// A job that this worker has claimed.
public struct Job: Hashable, Sendable {
    /// What the function that enqueued it returned.
    public var id: Int64
    /// The fencing token of this claim: every write for the job must show it.
    public var token: Int64
    /// What is to be done.
    public var kind: JobKind
    /// The cache's name.
    public var cache: String
    /// What the caller asked for.
    public var arguments: JobArguments
    /// 1 for the first attempt.
    public var attempt: Int

    /// A claim as the job store gave it.
    public init(id: Int64, token: Int64, kind: JobKind, cache: String, arguments: JobArguments, attempt: Int) {
        self.id = id
        self.token = token
        self.kind = kind
        self.cache = cache
        self.arguments = arguments
        self.attempt = attempt
    }
}

/// What a job is to do.
public struct JobKind: RawRepresentable, Hashable, Sendable {
    /// The name in `s3cache.jobs.kind`.
    public var rawValue: String

    /// A kind by its name; a worker may meet kinds that it does not know.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Make a cache equal to its bucket.
    public static let rebuild = JobKind(rawValue: "rebuild")
    /// Ask the bucket for single rows' objects.
    public static let verify = JobKind(rawValue: "verify")
}

/// The arguments of all kinds of jobs together; each kind reads its own.
public struct JobArguments: Hashable, Sendable, Codable {
    /// Only filenames that start with this; nil where the kind distinguishes none from empty.
    public var prefix: String?
    /// At most so many rows; nil for no limit.
    public var limit: Int?

    /// Arguments; left out is nil.
    public init(prefix: String? = nil, limit: Int? = nil) {
        self.prefix = prefix
        self.limit = limit
    }
}
