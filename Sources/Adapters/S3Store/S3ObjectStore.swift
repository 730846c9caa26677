internal import Core
internal import S3

/// A bucket on Amazon S3 or a server that speaks its protocol.
///
/// What a listing and a HEAD leave out of STANDARD objects is put in, so that both say the same.
struct S3ObjectStore: ObjectStore {
    let bucket: String
    let listsFromAnyKey = true
    /// Others may take `If-None-Match` and not heed it.
    var checksAbsence: Bool { client.endpoint.isAWS }
    let client: S3Client
    private let signers: (any CredentialsProvider)?
    private let encryption: S3Encryption?
    let lately: LatelyStored
    let now: @Sendable () -> Int64

    /// The bucket of this name. Presigned URLs are signed with the credentials of `signers`, nil: with the client's. What is
    /// stored without another wish is to be encrypted as `encryption` says, nil: as the bucket does. `lately` is shared by all of the bucket. `now` tells the time, in
    /// seconds since 1970-01-01T00:00:00Z.
    init(
        bucket: String, client: S3Client, signers: (any CredentialsProvider)?, encryption: S3Encryption? = nil,
        lately: LatelyStored = LatelyStored(),
        now: @escaping @Sendable () -> Int64
    ) {
        self.encryption = encryption
        self.bucket = bucket
        self.client = client
        self.signers = signers
        self.lately = lately
        self.now = now
    }

    /// One page, of 1,000 keys at most.
    ///
    /// A listing that begins after a key goes on after the last key of each page, and not by the server's token: tokens of
    /// some servers skip a key where the first page began after a key that does not exist (minio#21463).
    ///
    /// Directory buckets of Amazon S3, whose names end in `--x-s3`, list in no order and not behind a key: throws
    /// `unsupportedBucket` before anything is asked.
    func list(_ request: ListingRequest) async throws -> ListingPage {
        guard !bucket.hasSuffix("--x-s3") else {
            throw StoreError(
                .unsupportedBucket,
                "The bucket \(bucket) is a directory bucket, which does not list its keys in order, so a cache cannot be kept "
                    + "equal to it; use a general purpose bucket.",
                operation: "ListObjectsV2", bucket: bucket)
        }
        guard request.limit > 0 else {
            throw StoreError(
                .malformedListing, "A page must hold at least one key; raise its limit.", operation: "ListObjectsV2",
                bucket: bucket)
        }
        var startAfter: String?
        var token: String?
        switch request.position {
        case .start: break
        case .after(let key): startAfter = key.string
        case .continuation(let text): token = text
        }
        let page = try await translating {
            try await client.listObjects(
                bucket, prefix: request.prefix, startAfter: startAfter, continuationToken: token,
                maxKeys: min(request.limit, 1_000))
        }
        let objects = page.map { ObjectSummary($0) }
        var listed = ListingPage(objects: objects)
        listed.retries = page.retries
        listed.throttles = page.throttles
        guard page.isTruncated else { return listed }
        listed.next =
            if startAfter != nil, let last = objects.last {
                .after(last.key)
            } else {
                page.nextContinuationToken.map { .continuation($0) }
            }
        return listed
    }

    func head(_ key: ObjectKey) async throws -> ObjectSummary? {
        try await translating(key, "HeadObject") {
            try await client.headObject(bucket, key.string).map { ObjectSummary(key: key, $0) }
        }
    }

    func settled(_ stored: ObjectSummary) async throws -> ObjectSummary? {
        guard let write = lately.take(stored) else { return try await head(stored.key) }
        if let told = lately.tell(stored, write) { return told }
        let seen = try await head(stored.key)
        if let seen { lately.learn(seen, write) }
        return seen
    }

    func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? {
        try await translating(key, "GetObject") {
            try await client.getObject(bucket, key.string, limit: limit).map {
                ObjectContents(summary: ObjectSummary(key: key, $0.metadata), bytes: $0.bytes)
            }
        }
    }

    func open(_ key: ObjectKey) async throws -> ObjectStream? {
        try await translating(key, "GetObject") {
            try await client.readObject(bucket, key.string).map {
                ObjectStream(
                    summary: ObjectSummary(key: key, $0.metadata), chunks: S3Chunks($0, of: key, in: bucket))
            }
        }
    }

    /// Stores the object. The answer does not say when it was written: the summary has the second in which it came.
    @discardableResult
    func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary {
        try StoreError.check(key, operation: "PutObject", bucket: bucket)
        try options.check(bytes, of: key, in: bucket)
        return try await putOnce(key, options, size: Int64(bytes.count)) { sent in
            try await client.putObject(bucket, key.string, bytes, options: sent)
        }
    }

    @discardableResult
    func put(
        _ key: ObjectKey, from source: any ObjectSource, _ options: PutOptions, _ transfer: TransferOptions
    ) async throws -> ObjectSummary {
        try Task.checkCancellation()
        try StoreError.check(key, operation: "PutObject", bucket: bucket)
        let digests = try await digests(of: source, for: key, options, transfer)
        guard source.size > transfer.threshold else {
            let body = try digests.body(for: key, bucket: bucket)
            let held = (source as? BytesSource)?.bytes
            let bytes: any S3ByteSource = S3Source(source: source)
            let earlier = transfer.earlier.map { S3EarlierPuts($0, of: source, digests) }
            return try await putOnce(key, options, size: source.size) { sent in
                if let held {
                    return try await client.putObject(
                        bucket, key.string, held, body, options: sent, earlier: earlier)
                }
                return try await client.putObject(
                    bucket, key.string, from: bytes, body, options: sent, earlier: earlier)
            }
        }
        let upload = MultipartUpload(
            store: self, key: key, source: source, options: options, transfer: transfer, digests: digests)
        let result = try await upload.run()
        return summary(of: key, size: source.size, etag: result.etag, options)
    }

    /// The options as the client takes them.
    func sent(_ options: PutOptions) -> S3PutOptions {
        var sent = S3PutOptions(options)
        sent.encryption = sent.encryption ?? encryption
        return sent
    }

    func delete(_ key: ObjectKey) async throws {
        try await translating(key, "DeleteObject") { try await client.deleteObject(bucket, key.string) }
    }

    /// The URL is for the region that the bucket turned out to be in; no request is made.
    func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> PresignedURL {
        try await translating(key, "GetObject") {
            try StoreError.check(lifetime: lifetime, of: key, bucket: bucket)
            let url = try await client.presignedGet(bucket, key.string, expires: lifetime, signers: signers)
            return PresignedURL(text: url.text, expiresAt: Timestamp(seconds: url.expiresAt, nanoseconds: 0))
        }
    }

    func translating<Result>(
        _ key: ObjectKey, _ operation: String, _ body: () async throws -> Result
    ) async throws -> Result {
        try StoreError.check(key, operation: operation, bucket: bucket)
        return try await translating(key, body)
    }

    func translating<Result>(
        _ key: ObjectKey? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        do {
            return try await body()
        } catch let error as S3Error {
            throw error.storeError(bucket: bucket, key: key)
        }
    }
}
