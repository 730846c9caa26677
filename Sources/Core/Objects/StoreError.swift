/// Why an object store could not do what it was asked to.
///
/// `description` is one sentence that is safe to show: it names bucket and operation, never a credential.
public struct StoreError: Error, Hashable, Sendable {
    /// What went wrong, in the terms a caller can act on.
    public enum Code: String, Hashable, Sendable {
        /// The bucket (or directory) does not exist.
        case noSuchBucket = "no_such_bucket"
        /// The object does not exist; reads say it with nil instead where they can.
        case noSuchKey = "no_such_key"
        /// The credentials are not allowed to do this.
        case accessDenied = "access_denied"
        /// The key cannot be stored: empty, too long, or with a character that no store takes.
        case invalidKey = "invalid_key"
        /// A listing broke a rule (order, prefix, progress): nothing of it may be believed.
        case malformedListing = "malformed_listing"
        /// The object is larger than the caller's limit.
        case tooLarge = "too_large"
        /// The store answered that it is overloaded or broken; worth another try.
        case unavailable
        /// Reading or writing failed underneath (disk, network).
        case inputOutput = "input_output"
    }

    /// What went wrong.
    public var code: Code
    /// One sentence: what was wrong, and what to do about it.
    public var message: String
    /// The operation, as S3 names it: `ListObjectsV2`, `HeadObject`, `GetObject`, `PutObject`, `DeleteObject`.
    public var operation: String
    /// The bucket, or the directory of the embedded store.
    public var bucket: String
    /// The key, where one was involved.
    public var key: ObjectKey?
    /// The request id that the server gave, for its operator.
    public var requestID: String?

    /// Everything known about the failure.
    public init(
        _ code: Code, _ message: String, operation: String, bucket: String, key: ObjectKey? = nil,
        requestID: String? = nil
    ) {
        self.code = code
        self.message = message
        self.operation = operation
        self.bucket = bucket
        self.key = key
        self.requestID = requestID
    }

    /// Whether every other call for this bucket would fail alike.
    public var concernsWholeBucket: Bool { code == .noSuchBucket }

    /// Whether the same call may succeed later without anyone changing anything.
    public var isRetryable: Bool {
        switch code {
        case .unavailable, .inputOutput: true
        case .noSuchBucket, .noSuchKey, .accessDenied, .invalidKey, .malformedListing, .tooLarge: false
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
