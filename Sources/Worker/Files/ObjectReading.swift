import Core

/// One read: from the copy of what the bucket has not taken yet; else from the CDN, where what it gives can be proved to be the
/// object; else from the bucket.
struct ObjectReading: Sendable {
    let environment: JobEnvironment
    let job: Job
    let file: OpenFile
    /// More bytes than this are not read.
    let limit: Int

    /// Gives `finish` the object, and nil if it does not exist; what it holds counts until that has ended. Throws `tooLarge`,
    /// and what the store throws.
    func run(_ finish: @escaping @Sendable (ObjectContents?) async throws -> Void) async throws {
        if let fallback = environment.fallback {
            let places = try await fallback.records.places(for: job)
            if let place = places.copy {
                let stream = try await opened(place, fallback.copies)
                return try await holding(stream.summary.size) {
                    try await finish(try await contents(of: stream, places))
                }
            }
            if places.url != nil, let size = places.size, size <= limit {
                let isDone = try await holding(size) {
                    guard let contents = try await fromCDN(places) else { return false }
                    try await finish(contents)
                    return true
                }
                if isDone { return }
            }
            if let size = places.size, size <= limit, try await readAsKnown(size, places, finish) { return }
        }
        // Once, and not for its size before: whoever waits for it at the same time makes one request.
        guard let stream = try await file.store.open(file.key) else { return try await finish(nil) }
        try check(stream.summary.size)
        let openedAt = ContinuousClock.now
        try await holding(stream.summary.size) {
            // What had to wait for memory has let its connection stand still.
            let isFresh = ContinuousClock.now - openedAt < Self.patience
            try await finish(try await insistently(isFresh ? stream : try await reopened(stream.summary)))
        }
    }

    /// What the stream gives. Where its connection breaks, the object is asked for once more, and that reading is gone on with
    /// however often it breaks; nil where the object is gone by then.
    private func insistently(_ stream: ObjectStream) async throws -> ObjectContents? {
        do {
            return try await contents(of: stream)
        } catch let error as StoreError where error.isRetryable {
            do {
                return try await file.store.read(file.key, limit: Int(stream.summary.size))
            } catch let problem as StoreError where problem.code == .tooLarge {
                throw replaced
            }
        }
    }

    /// Reads an object of a size that its row tells; a connection that breaks is gone on with. False where it is larger by now.
    private func readAsKnown(
        _ size: Int64, _ places: ReadPlaces, _ finish: @escaping @Sendable (ObjectContents?) async throws -> Void
    ) async throws -> Bool {
        try await holding(size) {
            let contents: ObjectContents?
            do {
                contents = try await file.store.read(file.key, limit: Int(size))
            } catch let error as StoreError where error.code == .tooLarge {
                return false
            }
            if let contents { try await compare(contents, places) }
            try await finish(contents)
            return true
        }
    }

    /// Throws `checksumMismatch` where the object is the one that the row knows, and its bytes are others.
    private func compare(_ contents: ObjectContents, _ places: ReadPlaces) async throws {
        guard let sha256 = places.sha256, contents.summary.etag == places.etag else { return }
        let source = BytesSource(contents.bytes)
        let found = try await environment.hasher.digests(
            of: source, MultipartPlan(size: source.size, atLeast: max(1, source.size)), withMD5: false)
        guard found.sha256 != sha256 else { return }
        throw StoreError(
            .checksumMismatch,
            "The bytes of the object \(file.key.quoted) are not those that were stored: it is read again.",
            operation: "GetObject", bucket: file.store.bucket, key: file.key)
    }

    private static let patience: Duration = .seconds(5)

    private func reopened(_ known: ObjectSummary) async throws -> ObjectStream {
        guard let stream = try await file.store.open(file.key), stream.summary.size == known.size else {
            throw replaced
        }
        return stream
    }

    private var replaced: StoreError {
        StoreError(
            .unavailable, "The object \(file.key.quoted) was replaced while it was read; it is read again.",
            operation: "GetObject", bucket: file.store.bucket, key: file.key)
    }

    private func check(_ size: Int64) throws {
        guard size > limit else { return }
        throw StoreError(
            .tooLarge,
            "The object \(file.key.quoted) has \(size) bytes, more than the limit of \(limit); raise the limit.",
            operation: "GetObject", bucket: file.store.bucket, key: file.key)
    }

    private func contents(of stream: ObjectStream) async throws -> ObjectContents {
        ObjectContents(summary: stream.summary, bytes: try await bytes(of: stream))
    }

    private func bytes(of stream: ObjectStream) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(stream.summary.size))
        for try await chunk in stream.chunks {
            bytes += chunk
            try check(Int64(bytes.count))
        }
        return bytes
    }

    private func holding<Result: Sendable>(
        _ bytes: Int64, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await environment.holding(MemoryFootprint.held(bytes), for: job, body)
    }

    private func opened(_ place: String, _ copies: (any LocalCopies)?) async throws -> ObjectStream {
        guard let stream = try await copies?.open(place) else {
            throw JobFailure(
                code: "copy_elsewhere",
                message:
                    "The bucket \(file.store.bucket) has not taken the object \(file.key.quoted) yet, and its copy is "
                    + "not on this worker's machine; it is tried again.",
                isRetryable: true)
        }
        try check(stream.summary.size)
        return stream
    }

    private func contents(of stream: ObjectStream, _ places: ReadPlaces) async throws -> ObjectContents {
        contents(of: try await bytes(of: stream), places)
    }

    /// Nil where the CDN has not, or not yet, what the object is known to be.
    private func fromCDN(_ places: ReadPlaces) async throws -> ObjectContents? {
        guard let text = places.url, let size = places.size, size <= limit else { return nil }
        do {
            let room = try environment.scratch.makeRoom()
            var limits = DownloadLimits(maximumBytes: Int(size))
            limits.total = .seconds(30)
            limits.stall = .seconds(10)
            limits.connect = .seconds(3)
            let head = try await environment.downloader.download(try UntrustedURL(text), limits: limits, into: room)
            let isSame = places.sha256.map { $0 == head.sha256 } ?? (head.md5?.hexadecimal == places.etag)
            guard head.size == size, isSame else { return nil }
            let source = try room.source()
            var bytes: [UInt8] = []
            bytes.reserveCapacity(head.size)
            while bytes.count < head.size {
                let start = Int64(bytes.count)
                bytes += try await source.read(start..<min(start + 1 << 20, size))
            }
            return contents(of: bytes, places)
        } catch is DownloadError {
            return nil
        }
    }

    private func contents(of bytes: [UInt8], _ places: ReadPlaces) -> ObjectContents {
        ObjectContents(
            summary: ObjectSummary(
                key: file.key, size: Int64(bytes.count), etag: places.etag ?? "",
                lastModified: Timestamp(microseconds: 0), contentType: places.contentType),
            bytes: bytes)
    }
}
