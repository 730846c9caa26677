internal import HTTP
internal import SigV4

/// One operation on a bucket, independent of server, region and signature.
struct S3Call: Sendable {
    /// As S3 names it.
    let operation: String
    let method: HTTPMethod
    let bucket: String
    var key: String?
    var query: [QueryItem] = []
    /// Headers that are signed.
    var headers: [HeaderField] = []
    /// Headers that are sent as they are: proxies may change them.
    var unsignedHeaders: [HeaderField] = []
    var body: [UInt8]?
    var payload = PayloadHash.empty
    /// Whether an error's status is all that there is: the response to HEAD has no body.
    var isHead: Bool { method == .head }

    /// Whether it changes what is in the bucket.
    var isWrite: Bool { method != .get && method != .head }

    init(_ operation: String, _ method: HTTPMethod, bucket: String, key: String? = nil) {
        self.operation = operation
        self.method = method
        self.bucket = bucket
        self.key = key
    }

    /// Takes a body with its SHA-256, which is signed and which every server verifies, and adds its MD5.
    ///
    /// OpenSSL has no MD5 in FIPS mode; the SHA-256 protects the body there too.
    mutating func setBody(_ body: [UInt8], _ digest: SHA256.Digest) {
        self.body = body
        payload = PayloadHash(digest)
        if let sum = try? MD5.contentMD5(of: body) { headers.append(HeaderField("content-md5", sum)) }
    }

    func wording(at endpoint: S3Endpoint) -> ErrorWording {
        ErrorWording(operation: operation, bucket: bucket, key: key, endpoint: endpoint.description)
    }

    /// Throws `invalidRequest` for a bucket or key that would make it a request for something else.
    func check(at endpoint: S3Endpoint) throws(S3Error) {
        let wording = wording(at: endpoint)
        guard BucketName.isValid(bucket) else {
            throw S3Error(
                .invalidRequest,
                wording.refused("a bucket's name has letters, digits, dots and hyphens only, at most 255 of them"),
                wording)
        }
        guard let key else { return }
        // Without a key it would be a request for the bucket.
        guard !key.isEmpty else {
            throw S3Error(.invalidRequest, wording.refused("a key has at least one character"), wording)
        }
        guard key.utf8.count <= 1024, !key.utf8.contains(0) else {
            throw S3Error(
                .invalidRequest, wording.refused("a key has at most 1,024 bytes, and no NUL among them"), wording)
        }
    }
}
