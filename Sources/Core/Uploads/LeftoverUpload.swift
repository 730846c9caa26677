/// An upload in parts that a job began and ended without.
public struct LeftoverUpload: Hashable, Sendable {
    /// The job.
    public var jobID: Int64
    /// Its cache.
    public var cache: String
    /// The whole key.
    public var key: ObjectKey
    /// What the store calls it; nil where nobody knows, nor whether it has begun.
    public var uploadID: String?
    /// When the job was about to begin it, by the database's clock.
    public var begunAt: Timestamp
    /// When it was for the last time, or when its parts were last written down.
    public var notedAt: Timestamp

    /// What a job left over.
    public init(
        jobID: Int64, cache: String, key: ObjectKey, uploadID: String?, begunAt: Timestamp, notedAt: Timestamp
    ) {
        self.jobID = jobID
        self.cache = cache
        self.key = key
        self.uploadID = uploadID
        self.begunAt = begunAt
        self.notedAt = notedAt
    }
}
