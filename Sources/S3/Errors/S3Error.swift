public import HTTP

/// Why an S3 request failed.
///
/// `description` is one sentence that is safe to show: it names bucket and key, and never a header's value, a signature, a
/// token, or what the server wrote in its own words.
public struct S3Error: Error, Sendable {
    /// What went wrong.
    public var code: Code
    /// One sentence: what was wrong, and what to do about it.
    public var message: String
    /// The operation, as S3 names it: `ListObjectsV2`, `GetObject`, ….
    public var operation: String
    /// The bucket, where one was involved.
    public var bucket: String?
    /// The key, where one was involved.
    public var key: String?
    /// The server's own code, such as `NoSuchBucket`.
    public var serviceCode: String?
    /// The response's status; nil where there was no response.
    public var status: Int?
    /// The id that the server gave the request, for its operator.
    public var requestID: String?
    /// The second id that AWS gives (`x-amz-id-2`).
    public var hostID: String?
    /// The region that the server says the bucket is in.
    public var regionHint: String?
    /// How long the server asks to wait.
    public var retryAfter: Duration?
    /// Why there was no response, or no whole body.
    public var httpCode: HTTPError.Code?
    /// Why there are no credentials.
    public var credentialsCode: CredentialsError.Code?

    /// The server's clock, in seconds since 1970, where the response shows it.
    var serverTime: Int64?

    /// An error with nothing known but this.
    public init(_ code: Code, _ message: String, operation: String, bucket: String? = nil, key: String? = nil) {
        self.code = code
        self.message = message
        self.operation = operation
        self.bucket = bucket
        self.key = key
    }

    /// Whether the same request may succeed when it is made again, later, without anyone changing anything.
    public var isRetryable: Bool { code.isRetryable && httpCode.map { HTTPError($0, "").isRetryable } ?? true }

    /// Whether the server asks for fewer requests: 503 says so whatever its code, which differs from server to server.
    var isThrottle: Bool { code == .slowDown || status == 429 || status == 503 }

    /// Whether the server answered, and was not too busy to do so as usual.
    var isUsualAnswer: Bool { status.map { (200..<500).contains($0) } == true && !isThrottle }
}

extension S3Error: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The message.
    public var description: String { message }

    /// The message with operation, status, the server's code and the request's ids.
    public var debugDescription: String {
        let details = [
            operation, status.map { "status \($0)" }, serviceCode, requestID.map { "request \($0)" },
            hostID.map { "host \($0)" }, regionHint.map { "region \($0)" }, httpCode.map { "\($0)" },
        ]
        return "\(code.rawValue): \(message) [\(details.compactMap(\.self).joined(separator: ", "))]"
    }

    /// Nothing but the debug description.
    public var customMirror: Mirror { Mirror(self, unlabeledChildren: [debugDescription]) }
}
