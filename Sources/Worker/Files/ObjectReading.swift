import Core

/// One read: from the copy of what the bucket has not taken yet; else from the CDN, where what it gives can be proved to be the
/// object; else from the bucket. The bytes go into the database in pieces, so that little of an object of any size is in memory.
struct ObjectReading: Sendable {
    /// Pieces are not larger: bytes. The connections that carry them have room for one for as long as they live.
    private static let largestPiece = 256 << 10
    /// Nor smaller, so that an object that has grown beyond what its row says takes few.
    private static let smallestPiece = 64 << 10

    let environment: JobEnvironment
    let job: Job
    let file: OpenFile
    /// More bytes than this are not read.
    let limit: Int

    /// Gives `finish` the object, and nil if it does not exist; what it holds counts until that has ended. Throws `tooLarge`,
    /// and what the store throws.
    func run(_ finish: @escaping @Sendable (ReadObject?) async throws -> Void) async throws {
        let places = try await environment.fallback?.records.places(for: job) ?? ReadPlaces()
        let known = Int(clamping: min(places.size ?? .max, Int64(limit)))
        let piece = max(Self.smallestPiece, min(Self.largestPiece, known))
        try await environment.holding(MemoryFootprint.relayed(piece), for: job) {
            try await finish(try await read(places, piece))
        }
    }

    private func read(_ places: ReadPlaces, _ piece: Int) async throws -> ReadObject? {
        if let place = places.copy { return try await keep(try await opened(place, places), piece) }
        if let object = try await fromCDN(places, piece) { return object }
        guard let stream = try await file.store.open(file.key) else { return nil }
        do {
            return try await keep(stream, places, piece)
        } catch let error as StoreError where error.isRetryable && error.code != .checksumMismatch {
            // It broke, and could not be gone on with: all of it once more.
            guard let stream = try await file.store.open(file.key) else { return nil }
            return try await keep(stream, places, piece)
        }
    }

    /// Throws `checksumMismatch` where the object is the one that the row knows, and its bytes are others.
    private func keep(_ stream: ObjectStream, _ places: ReadPlaces, _ piece: Int) async throws -> ReadObject {
        guard let sha256 = places.sha256, stream.summary.etag == places.etag else {
            return try await keep(stream, piece)
        }
        let hash = environment.hasher.begin()
        let object = try await keep(stream, piece, hash)
        guard try hash.end() != sha256 else { return object }
        throw StoreError(
            .checksumMismatch,
            "The bytes of the object \(file.key.quoted) are not those that were stored: it is read again.",
            operation: "GetObject", bucket: file.store.bucket, key: file.key)
    }

    /// Brings all but the last piece of a stream into the database. Where that fails, the next attempt forgets what it left there.
    private func keep(
        _ stream: ObjectStream, _ size: Int, _ hash: (any RunningHash)? = nil
    ) async throws -> ReadObject {
        try check(stream.summary.size)
        var kept: Int64 = 0
        var piece: [UInt8] = []
        for try await chunk in stream.chunks {
            try check(kept + Int64(piece.count) + Int64(chunk.count))
            hash?.update(chunk)
            var rest = chunk[...]
            while piece.count + rest.count > size {
                let room = size - piece.count
                piece += rest.prefix(room)
                rest = rest.dropFirst(room)
                try await environment.contents.keep(piece, from: kept, for: job)
                kept += Int64(piece.count)
                piece.removeAll(keepingCapacity: true)
            }
            piece += rest
        }
        var summary = stream.summary
        summary.size = kept + Int64(piece.count)
        return ReadObject(summary: summary, kept: kept, rest: piece)
    }

    private func check(_ size: Int64) throws {
        guard size > limit else { return }
        throw StoreError(
            .tooLarge,
            "The object \(file.key.quoted) has \(size) bytes, more than the limit of \(limit); raise the limit.",
            operation: "GetObject", bucket: file.store.bucket, key: file.key)
    }

    private func opened(_ place: String, _ places: ReadPlaces) async throws -> ObjectStream {
        guard let copy = try await environment.fallback?.copies?.open(place) else {
            throw JobFailure(
                code: "copy_elsewhere",
                message:
                    "The bucket \(file.store.bucket) has not taken the object \(file.key.quoted) yet, and its copy is "
                    + "not on this worker's machine; it is tried again.",
                isRetryable: true)
        }
        return ObjectStream(summary: summary(places, size: copy.summary.size), chunks: copy.chunks)
    }

    /// Nil where the CDN has not, or not yet, what the object is known to be.
    private func fromCDN(_ places: ReadPlaces, _ piece: Int) async throws -> ReadObject? {
        guard let text = places.url, let size = places.size, size <= limit else { return nil }
        let room: any ScratchRoom
        do {
            room = try environment.scratch.makeRoom()
            var limits = DownloadLimits(maximumBytes: Int(size))
            limits.total = .seconds(30)
            limits.stall = .seconds(10)
            limits.connect = .seconds(3)
            let head = try await environment.downloader.download(try UntrustedURL(text), limits: limits, into: room)
            let isSame = places.sha256.map { $0 == head.sha256 } ?? (head.md5?.hexadecimal == places.etag)
            guard head.size == size, isSame else { return nil }
        } catch is DownloadError {
            return nil
        }
        let pieces = SourcePieces(try room.source())
        let chunks = AsyncThrowingStream<[UInt8], any Error> { try await pieces.next() }
        return try await keep(ObjectStream(summary: summary(places, size: size), chunks: chunks), piece)
    }

    /// What is known of an object that does not come from the bucket.
    private func summary(_ places: ReadPlaces, size: Int64) -> ObjectSummary {
        ObjectSummary(
            key: file.key, size: size, etag: places.etag ?? "", lastModified: Timestamp(microseconds: 0),
            contentType: places.contentType)
    }
}
