public import Core
import Glibc

/// A directory on this machine as a bucket: every regular file below it is an object, and its relative path is its key.
///
/// Users may fill and change the directory themselves, with `cp` for instance. Keys that cannot be paths (`..`, `a//b`,
/// a component of more than 255 bytes, `a` beside `a/b`) are kept under names that begin with `.s3cache~`; those names
/// are the store's own. Symbolic links below the root are never followed; they and FIFOs, sockets and devices are no
/// objects.
///
/// Writes are atomic and on the disk when they return. Several processes may use one directory. All file access
/// runs on threads of the store's own. The file system must tell names apart that differ in case or normalisation.
///
///     let store = try DirectoryStore(root: "/srv/objects")
///     try await store.put("img/1.png", bytes)
public final class DirectoryStore: ObjectStore {
    /// The most keys on one page.
    public static let maximumPage = 20_000

    /// The directory's path.
    public let bucket: String
    /// The directory is on this machine: page after page is quickest.
    public var listsFromAnyKey: Bool { false }
    /// Against all that write by a store; users' own files are looked for, too.
    public var checksAbsence: Bool { true }
    let base: DirectoryBase
    private let cache: SnapshotCache
    let temporaries = TemporaryFiles()
    let executor: DirectoryExecutor

    /// A store of the objects below a directory. Whether that exists is found out by each call.
    ///
    /// - Parameters:
    ///   - root: the directory's path; it may be a symbolic link.
    ///   - bucket: the name of a subdirectory that is the bucket; nil if `root` itself is.
    ///   - cachedNames: how many file names to remember of the directories listed lately, at some 20 bytes and the
    ///     name's length each. A directory of more than half as many names is read anew for each page.
    ///   - threads: how many calls may access files at the same time.
    /// - Throws: `StoreError` with `noSuchBucket` if `bucket` cannot be the name of a bucket.
    public init(
        root: String, bucket: String? = nil, cachedNames: Int = 4_000_000, threads: Int = 4
    ) throws(StoreError) {
        base = try DirectoryBase(root: root, bucket: bucket)
        self.bucket = base.path
        cache = SnapshotCache(limit: cachedNames)
        executor = DirectoryExecutor(lanes: threads)
    }

    /// One page in byte order, of at most 20,000 keys; a file that vanishes meanwhile is left out.
    ///
    /// `unlistable` counts names that are not UTF-8 or would make a key of more than 1,024 bytes (a directory of such a
    /// name as one) and names under the reserved prefix that the store would not have given.
    ///
    /// - Throws: `malformedListing` for a continuation token, which this store never gives, or a limit below 1;
    ///   `accessDenied` if any directory that is needed cannot be read.
    public func list(_ request: ListingRequest) async throws -> ListingPage {
        let after: ObjectKey?
        switch request.position {
        case .start: after = nil
        case .after(let key): after = key
        case .continuation:
            throw malformed("A directory gives no continuation tokens; list after the last key instead.")
        }
        guard request.limit > 0 else { throw malformed("A page must hold at least one key; raise its limit.") }
        let bounds = ListingBounds(prefix: request.prefix, after: after)
        let limit = min(request.limit, Self.maximumPage)
        return try await perform("ListObjectsV2") { [cache] root in
            var listing = DirectoryListing(root: root, bounds: bounds, limit: limit, cache: cache)
            return try listing.page()
        }
    }

    /// What is known of the object; its etag changes with the file's time, size or inode.
    public func head(_ key: ObjectKey) async throws -> ObjectSummary? {
        try await perform("HeadObject", key) { root in
            try ObjectReader(root: root, key: key).summary()
        }
    }

    /// The object's bytes. A file that a user is copying there at this moment may be read in part.
    public func read(_ key: ObjectKey, limit: Int) async throws -> ObjectContents? {
        let contents = try await perform("GetObject", key) { root in
            try ObjectReader(root: root, key: key).contents(limit: limit)
        }
        switch contents {
        case .absent: return nil
        case .whole(let contents): return contents
        case .tooLarge(let size):
            let message =
                "The object \(key.quoted) has \(size) bytes, more than the limit of \(limit); raise the limit."
            throw StoreError(.tooLarge, message, operation: "GetObject", bucket: bucket, key: key)
        }
    }

    /// The object's bytes, 1 MiB at a time at most.
    public func open(_ key: ObjectKey) async throws -> ObjectStream? {
        let found = try await perform("GetObject", key) { root in
            try ObjectReader(root: root, key: key).open()
        }
        guard let object = found else { return nil }
        let bucket = bucket
        let executor = executor
        let chunks = AsyncThrowingStream<[UInt8], any Error> {
            try await withTaskExecutorPreference(executor) {
                do {
                    return try object.file.readChunk()
                } catch let failure as SystemFailure {
                    throw failure.storeError(operation: "GetObject", bucket: bucket, key: key)
                }
            }
        }
        return ObjectStream(
            summary: object.summary, chunks: WholeBody(chunks, of: object.summary, in: bucket))
    }

    /// Stores the object; it has reached the disk when this returns. A directory keeps none of the options.
    @discardableResult
    public func put(_ key: ObjectKey, _ bytes: [UInt8], _ options: PutOptions) async throws -> ObjectSummary {
        try await perform("PutObject", key) { [temporaries, bucket] root in
            try options.check(bytes, of: key, in: bucket)
            // Housekeeping: that it failed is no reason for the object not to be stored.
            try? temporaries.removeStaleIfDue(in: root)
            let file = try temporaries.make(of: bytes, in: root)
            let summary = file.status.summary(of: key)
            let isStored = try ObjectWriter(root: root).store(file, at: ObjectPath(key), ifAbsent: options.ifAbsent)
            guard isStored else { throw StoreError.alreadyExists(key, operation: "PutObject", bucket: bucket) }
            return summary
        }
    }

    /// Removes the object and the directories that it leaves empty, the root aside.
    public func delete(_ key: ObjectKey) async throws {
        try await perform("DeleteObject", key) { root in
            try ObjectRemover(root: root).remove(ObjectPath(key))
        }
    }

    /// The `file://` URL of the file that holds the object now, or of the one that would. Whoever may read the file can open
    /// it, also when the URL has ended; it goes stale when the file has to move (`a` beside `a/b`).
    public func presignedURL(of key: ObjectKey, lifetime: Int) async throws -> PresignedURL {
        let names = try await perform("GetObject", key) { [bucket] root in
            try StoreError.check(lifetime: lifetime, of: key, bucket: bucket)
            let path = ObjectPath(key)
            if let location = try ObjectLocation.find(path, in: root) {
                return location.directory.names + [location.name]
            }
            return root.names + path.directories + (path.plain.map { [$0] } ?? path.escaped)
        }
        let url = FileURL(path: base.root, names: names)
        return PresignedURL(text: url.text, expiresAt: SystemTime.timestamp().advanced(bySeconds: lifetime))
    }

    /// Removes what killed processes left half written more than `age` ago; every store does so now and then by itself.
    ///
    /// - Returns: the number of files removed.
    @discardableResult
    public func removeStaleTemporaryFiles(olderThan age: Duration = .seconds(86_400)) async throws -> Int {
        try await perform("PutObject") { [temporaries] root in
            try temporaries.removeStale(olderThan: age, in: root)
        }
    }

    /// Runs `body` on the store's threads with the directory, and turns what it throws into errors of the port.
    func perform<Result: Sendable>(
        _ operation: String, _ key: ObjectKey? = nil, _ body: @Sendable (DirectoryHandle) throws -> Result
    ) async throws -> Result {
        if let key { try StoreError.check(key, operation: operation, bucket: bucket) }
        return try await withTaskExecutorPreference(executor) {
            try Task.checkCancellation()
            do {
                return try body(base.open(operation: operation))
            } catch let failure as SystemFailure {
                throw failure.storeError(operation: operation, bucket: bucket, key: key)
            }
        }
    }

    private func malformed(_ message: String) -> StoreError {
        StoreError(.malformedListing, message, operation: "ListObjectsV2", bucket: bucket)
    }
}
