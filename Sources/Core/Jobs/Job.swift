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
    /// Ask the bucket for objects that a hint names, and add rows for those that exist.
    public static let add = JobKind(rawValue: "add")
    /// Help a rebuild that another worker runs to list.
    public static let rebuildPart = JobKind(rawValue: "rebuild_part")
    /// Store bytes that the database holds as an object.
    public static let upload = JobKind(rawValue: "upload")
    /// Store a file of the worker's machine as an object.
    public static let uploadFile = JobKind(rawValue: "upload_file")
    /// Download what a URL leads to and store it.
    public static let fetch = JobKind(rawValue: "fetch")
    /// Upload the files of bound rows that have no URL yet.
    public static let archive = JobKind(rawValue: "archive")
    /// Look whether the objects and files of bound rows are there.
    public static let verifyBinding = JobKind(rawValue: "verify_binding")
    /// Remove the local files of bound rows whose objects are the same.
    public static let removeLocal = JobKind(rawValue: "remove_local")
    /// Fetch the files of bound rows that have no URL yet.
    public static let fetchRows = JobKind(rawValue: "fetch_rows")
    /// Delete an object and its row.
    public static let deleteObject = JobKind(rawValue: "delete_object")
    /// Give an object and its row another name.
    public static let renameObject = JobKind(rawValue: "rename_object")
    /// Bring an object's bytes into the database.
    public static let read = JobKind(rawValue: "read")
    /// Sign URLs of objects.
    public static let presign = JobKind(rawValue: "presign")

    /// Whether jobs of this kind may take minutes: a worker keeps room for others beside them.
    public var isLong: Bool { Self.long.contains(self) }

    private static let long: Set<JobKind> = [
        .rebuild, .rebuildPart, .verify, .add, .fetch, .archive, .verifyBinding, .removeLocal, .fetchRows,
    ]
}
