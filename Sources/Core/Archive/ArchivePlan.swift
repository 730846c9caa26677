/// What an archive job is to do, and how far it is.
public struct ArchivePlan: Hashable, Sendable {
    /// So many rows are written at once.
    public var batchSize: Int
    /// Whether nothing is uploaded or written.
    public var isDryRun: Bool
    /// The directory with files named by their MD5.
    public var root: String?
    /// Outside production: the suffix that names get.
    public var environment: String?
    /// How far it is.
    public var progress: ArchiveProgress

    /// A plan.
    public init(batchSize: Int, isDryRun: Bool, root: String?, environment: String?, progress: ArchiveProgress) {
        self.batchSize = batchSize
        self.isDryRun = isDryRun
        self.root = root
        self.environment = environment
        self.progress = progress
    }
}

/// How far an archive job is: what another worker needs to go on with it, and to count nothing twice.
public struct ArchiveProgress: Hashable, Sendable, Codable {
    /// What is done.
    public var result: ArchiveResult
    /// The last row that was looked at; nil for none.
    public var last: ArchivePlace?

    /// Nothing is done yet.
    public init(_ result: ArchiveResult) { self.result = result }
}
