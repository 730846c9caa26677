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
    /// In place of `body`: bytes that are read while they are sent.
    var stream: StreamedBody?
    var payload = PayloadHash.empty
    /// The SHA-256 of the body, as `x-amz-checksum-sha256` has it.
    private(set) var checksum: String?
    /// How many bytes the server has to move before it answers.
    var serverWork: Int64 = 0
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
        setSignedBody(body, digest)
        if let sum = try? MD5.contentMD5(of: body) { headers.append(HeaderField("content-md5", sum)) }
    }

    /// Takes a body with its SHA-256, which is signed and which every server verifies.
    mutating func setSignedBody(_ body: [UInt8], _ digest: SHA256.Digest) {
        self.body = body
        payload = PayloadHash(digest)
        checksum = digest.base64
    }

    /// Takes a body that is read while it is sent; its SHA-256 is signed, and every server verifies it.
    mutating func setBody(_ stream: StreamedBody) {
        self.stream = stream
        payload = PayloadHash(stream.digest)
        checksum = stream.digest.base64
    }

    /// Bytes of the body.
    var bodyLength: Int64 { stream?.length ?? Int64(body?.count ?? 0) }

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
