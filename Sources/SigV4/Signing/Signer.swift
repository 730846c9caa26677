/// Signs requests with AWS Signature Version 4: by headers, as presigned URLs, and POST policies.
///
///     let signer = try Signer(credentials: credentials, region: "us-east-1", service: "s3")
///     let headers = try signer.headers(for: request, at: now)
///     let url = try signer.presign(request, expires: 3600, at: now)
///
/// A value: cheap to copy, safe to use from any thread. It never asks for the time.
///
/// Source: "Create a signed AWS API request", IAM User Guide; "Authenticating Requests", Amazon S3 API Reference.
public struct Signer: Sendable {
    /// Whose signature it is.
    public let credentials: Credentials
    /// For instance `eu-central-1`.
    public let region: String
    /// For instance `s3`.
    public let service: String
    /// How the service wants it.
    public let rules: SigningRules

    private let keys: SigningKeyCache

    /// A signer for one region and service, which keeps its keys in `keys`: signers may share it.
    ///
    /// Throws `invalidScope` for a region or service with white space, a slash or a comma in it, or none.
    public init(
        credentials: Credentials, region: String, service: String, rules: SigningRules = .s3,
        keys: SigningKeyCache = SigningKeyCache(capacity: 8)
    ) throws(SigningError) {
        try CredentialScope.check(region, "region")
        try CredentialScope.check(service, "service")
        self.credentials = credentials
        self.region = region
        self.service = service
        self.rules = rules
        self.keys = keys
    }

    /// The key of a day: what signs everything on it. Throws `hashUnavailable`.
    public func key(on day: SigningDay) throws(SigningError) -> SigningKey {
        try keys.key(for: credentials, day: day, region: region, service: service)
    }

    /// What `X-Amz-Credential` says: access key id and scope.
    func credential(_ scope: CredentialScope) -> String { "\(credentials.accessKeyID)/\(scope)" }
}
