internal import Core
internal import S3

/// A bucket on Amazon S3 or a server that speaks its protocol.
///
/// What a listing and a HEAD leave out of STANDARD objects is put in, so that both say the same.
struct S3ObjectStore: ObjectStore {
    let bucket: String
    /// Directory buckets of Amazon S3 list in no order, and not behind a key.
    var listsFromAnyKey: Bool { !bucket.hasSuffix("--x-s3") }
    private let client: S3Client
    private let signers: (any CredentialsProvider)?
    private let now: @Sendable () -> Int64

    /// The bucket of this name. Presigned URLs are signed with the credentials of `signers`, nil: with the client's. `now`
    /// tells the time, in seconds since 1970-01-01T00:00:00Z.
    init(
        bucket: String, client: S3Client, signers: (any CredentialsProvider)?, now: @escaping @Sendable () -> Int64
    ) {
        self.bucket = bucket
        self.client = client
        self.signers = signers
        self.now = now
    }

    /// One page, of 1,000 keys at most.
    ///
    /// A listing that begins after a key goes on after the last key of each page, and not by the server's token: tokens of
    /// some servers skip a key where the first page began after a key that does not exist (minio#21463).
    func list(_ request: ListingRequest) async throws -> ListingPage {
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

    func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? {
        try await translating(key, "GetObject") {
            try await client.getObject(bucket, key.string, limit: limit).map {
                ObjectContents(summary: ObjectSummary(key: key, $0.metadata), bytes: $0.bytes)
            }
        }
    }

    func open(_ key: ObjectKey) async throws -> ObjectStream? {
        try await translating(key, "GetObject") {
            try await client.getObject(bucket, key.string).map {
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
        let result = try await translating(key, "PutObject") {
            try await client.putObject(bucket, key.string, bytes, options: S3PutOptions(options))
        }
        return ObjectSummary(
            key: key, size: Int64(bytes.count), etag: result.etag,
            lastModified: Timestamp(seconds: now(), nanoseconds: 0),
            storageClass: options.storageClass ?? ObjectSummary.usualStorageClass, contentType: options.contentType)
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

    private func translating<Result>(
        _ key: ObjectKey, _ operation: String, _ body: () async throws -> Result
    ) async throws -> Result {
        try StoreError.check(key, operation: operation, bucket: bucket)
        return try await translating(key, body)
    }

    private func translating<Result>(
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
