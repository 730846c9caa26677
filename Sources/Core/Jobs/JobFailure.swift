/// Why an attempt at a job failed: what `s3cache.jobs` shows in `error` and `result->'error'`.
public struct JobFailure: Error, Hashable, Sendable {
    /// For programs, such as `no_such_bucket` or `too_many_deletions`.
    public var code: String
    /// One sentence that a person can act on; never a secret.
    public var message: String
    /// What was being done, as S3 names it; nil where no store was asked.
    public var operation: String?
    /// The bucket, where one was involved.
    public var bucket: String?
    /// The key, where one was involved.
    public var key: String?
    /// The request id that the server gave.
    public var requestID: String?
    /// Whether another attempt may succeed without anyone changing anything.
    public var isRetryable: Bool

    /// The code of what a bound table, its owner or its triggers refuse.
    public static let bindingUnusable = "binding_unusable"

    /// A failure that no store reported.
    public init(code: String, message: String, isRetryable: Bool) {
        self.code = code
        self.message = message
        self.isRetryable = isRetryable
    }

    /// A failure that an object store reported.
    public init(_ error: StoreError) {
        self.code = error.code.rawValue
        self.message = error.message
        self.operation = error.operation
        self.bucket = error.bucket
        self.key = error.key?.string
        self.requestID = error.requestID
        self.isRetryable = error.isRetryable
    }

    /// Any error: a store's, an inventory's, that of refused content, a download's, a failure already, or something unforeseen, which is worth
    /// another attempt.
    public init(from error: any Error) {
        switch error {
        case let failure as JobFailure: self = failure
        case let storeError as StoreError: self.init(storeError)
        case let inventoryError as InventoryError: self.init(inventoryError)
        case let contentError as ContentError: self.init(contentError)
        case let downloadError as DownloadError: self.init(downloadError)
        default: self.init(code: "internal", message: "\(error)", isRetryable: true)
        }
    }
}

extension JobFailure: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

/// Thrown by every write for a job whose claim is void: it was cancelled, or another worker has it. Nothing was written.
public struct ClaimLost: Error, Hashable, Sendable, CustomStringConvertible {
    /// The job.
    public var jobID: Int64

    /// The claim on this job is void.
    public init(jobID: Int64) { self.jobID = jobID }

    /// A sentence for logs.
    public var description: String { "The claim on job \(jobID) is void: it was cancelled, or another worker has it." }
}
