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
        /// There are no credentials to sign with.
        case credentialsMissing = "credentials_missing"
        /// The credentials' source could not be asked; worth another try.
        case credentialsUnavailable = "credentials_unavailable"
        /// The store does not know the access key, or the secret is not its own.
        case credentialsInvalid = "credentials_invalid"
        /// The credentials were temporary and have ended.
        case credentialsExpired = "credentials_expired"
        /// The bucket is in another region than the one that was asked.
        case wrongRegion = "wrong_region"
        /// Nobody answers at the endpoint; worth another try.
        case endpointUnreachable = "endpoint_unreachable"
        /// The endpoint could not prove who it is.
        case certificateRefused = "certificate_refused"
        /// This machine's clock and the store's differ by too much.
        case clockSkewed = "clock_skewed"
        /// The settings are no use: an endpoint that cannot be one, or one that this worker may not use.
        case configurationInvalid = "configuration_invalid"
        /// The store refused the request itself.
        case requestRefused = "request_refused"
        /// The store does not offer this at all.
        case notOffered = "not_offered"
        /// What the store answered is not what the protocol says.
        case malformedResponse = "malformed_response"
        /// The bytes changed on their way; worth another try.
        case checksumMismatch = "checksum_mismatch"
        /// The key cannot be stored: empty, too long, or with a character that no store takes.
        case invalidKey = "invalid_key"
        /// A listing broke a rule (order, prefix, progress): nothing of it may be believed.
        case malformedListing = "malformed_listing"
        /// The bucket is of a kind that does not list in the order of keys.
        case unsupportedBucket = "unsupported_bucket"
        /// The object is larger than the caller's limit.
        case tooLarge = "too_large"
        /// The store answered that it is overloaded or broken; worth another try.
        case unavailable
        /// The store has been asking for fewer requests, so this one was not sent: worth another try, and no attempt.
        case heldBack = "held_back"
        /// There is an object already where there was to be none.
        case alreadyExists = "already_exists"
        /// The object is not the one that was meant: it was replaced meanwhile.
        case preconditionFailed = "precondition_failed"
        /// Reading or writing failed underneath (disk, network).
        case inputOutput = "input_output"
    }

    /// What went wrong.
    public var code: Code
    /// One sentence: what was wrong, and what to do about it.
    public var message: String
    /// The operation, as S3 names it: `ListObjectsV2`, `HeadObject`, `GetObject`, `PutObject`, `DeleteObject`, ….
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
    public var concernsWholeBucket: Bool {
        switch code {
        case .noSuchBucket, .credentialsMissing, .credentialsUnavailable, .credentialsInvalid, .credentialsExpired,
            .wrongRegion, .endpointUnreachable, .certificateRefused, .clockSkewed, .configurationInvalid, .heldBack:
            true
        case .noSuchKey, .accessDenied, .invalidKey, .malformedListing, .unsupportedBucket, .tooLarge, .unavailable,
            .inputOutput, .requestRefused, .notOffered, .malformedResponse, .checksumMismatch, .alreadyExists,
            .preconditionFailed:
            false
        }
    }

    /// Whether the same call may succeed later without anyone changing anything.
    public var isRetryable: Bool {
        switch code {
        case .unavailable, .heldBack, .inputOutput, .endpointUnreachable, .credentialsUnavailable, .checksumMismatch:
            true
        case .noSuchBucket, .noSuchKey, .accessDenied, .invalidKey, .malformedListing, .unsupportedBucket, .tooLarge,
            .credentialsMissing,
            .credentialsInvalid, .credentialsExpired, .wrongRegion, .certificateRefused, .clockSkewed,
            .configurationInvalid, .requestRefused, .notOffered, .malformedResponse, .alreadyExists,
            .preconditionFailed:
            false
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
