import Adapters
import Core
import Postgres
import TestSupport
import Worker

/// A database of a test's own and a worker's parts in this process, run step by step or as a whole.
struct Rig: Sendable {
    let database: TestDatabase
    let pool: PostgresPool
    let jobs: PostgresJobStore
    let caches: PostgresCacheStore
    let contents: PostgresContentStore
    let urls: PostgresURLStore
    /// A superuser's session.
    let session: CacheSession
    /// Where jobs find files: nowhere, unless a test says so.
    var files: any LocalFiles = NoFiles()
    /// What the operator's commands do; nil: there are none.
    var scanner: (any ContentScanner)?
    var purger: (any CDNPurger)?
    /// Where copies are kept while a store is away: nowhere, unless a test says so.
    var copies: (any LocalCopies)?

    /// Runs `body` with a rig that is taken down afterwards.
    static func use<Result>(_ body: (Rig) async throws -> Result) async throws -> Result {
        // The server has so many connections, and the machine so many cores.
        try await Turnstile.shared.enter()
        defer { Turnstile.shared.leave() }
        return try await TestDatabase.use { database in
            let pool = PostgresPool(database.settings, maximum: 12)
            let rig = Rig(
                database: database, pool: pool, jobs: PostgresJobStore(pool: pool),
                caches: PostgresCacheStore(pool: pool), contents: PostgresContentStore(pool: pool),
                urls: PostgresURLStore(pool: pool), session: CacheSession(connection: try await database.connect()))
            do {
                let result = try await body(rig)
                await pool.close()
                return result
            } catch {
                await pool.close()
                throw error
            }
        }
    }

    /// One more session.
    func newSession(as user: String? = nil) async throws -> CacheSession {
        CacheSession(connection: try await database.connect(as: user))
    }

    /// Registers a worker that is nobody's process.
    func register(lease: Duration = .seconds(120)) async throws -> WorkerID {
        try await jobs.register(
            WorkerAnnouncement(name: "test", host: "test", processID: 1, version: SchemaMigrator.version, lease: lease))
    }

    /// Claims a job of this kind; others that are queued end as done, untouched.
    func claim(_ kind: JobKind, for worker: WorkerID? = nil) async throws -> Job {
        let worker = if let worker { worker } else { try await register() }
        var wanted: Job?
        for job in try await jobs.claim(for: worker, limit: 10, park: false, running: nil) {
            if wanted == nil, job.kind == kind {
                wanted = job
            } else {
                _ = try await jobs.complete(job, result: VerifyResult())
            }
        }
        if let wanted { return wanted }
        throw TestFailure("there is no \(kind.rawValue) job to claim")
    }

    /// Enqueues a rebuild and runs it here, without a runner; gives how it ended. A failed attempt is its end.
    @discardableResult
    func rebuild(
        _ store: any ObjectStore, cache: String = "s3_image_cache", prefix: String? = nil, dryRun: Bool = false,
        force: Bool = false, settings: WorkerSettings = .small, caches: (any CacheStore)? = nil
    ) async throws -> JobStatus {
        let id = try await session.enqueueRebuild(cache, prefix: prefix, dryRun: dryRun, force: force)
        let job = try await claim(.rebuild)
        try await run(job, store, settings: settings, caches: caches)
        return try await session.status(of: id)
    }

    /// Runs a claimed job to its end; a thrown error becomes the job's failure.
    func run(
        _ job: Job, _ store: any ObjectStore, settings: WorkerSettings = .small, caches: (any CacheStore)? = nil
    ) async throws {
        try await run(job, in: OneStore(store), settings: settings, caches: caches)
    }

    /// The same where each cache has the store that it asks for, and inventories are read by `inventoryReader`.
    func run(
        _ job: Job, in stores: any ObjectStoreProvider, inventoryReader: (any InventoryReader)? = nil,
        settings: WorkerSettings = .small, caches: (any CacheStore)? = nil
    ) async throws {
        do {
            try await handlers(
                stores, memory: MemoryGate(settings), inventoryReader: inventoryReader, settings: settings,
                caches: caches, observe: { _ in })[
                    job.kind]?.run(job)
        } catch {
            _ = try await jobs.fail(job, JobFailure(from: error))
        }
    }

    /// What the last full rebuild tells of its listing.
    func listing(_ name: String) async throws -> Int {
        try await session.number("select (last_rebuild ->> $1)::bigint from s3cache.stats()", name)
    }

    /// Verifies until no row is unverified.
    func verifyAll(_ store: any ObjectStore) async throws {
        for _ in 0..<20 {
            let unverified = try await session.number("select count(*) from s3cache.object where state = 'unverified'")
            if unverified == 0 { return }
            try await session.run("select s3cache.verify(prefix => '')")
            try await run(try await claim(.verify), store)
        }
        throw TestFailure("rows stay unverified")
    }

    /// The handlers of a worker.
    func handlers(
        _ store: any ObjectStore, settings: WorkerSettings = .small, caches: (any CacheStore)? = nil,
        observe: @escaping Observe = { _ in }
    ) -> [JobKind: any JobHandler] {
        handlers(
            OneStore(store), memory: MemoryGate(settings, observe: observe), settings: settings, caches: caches,
            observe: observe)
    }

    private func handlers(
        _ stores: any ObjectStoreProvider, memory: MemoryGate, inventoryReader: (any InventoryReader)? = nil,
        settings: WorkerSettings,
        caches: (any CacheStore)? = nil,
        observe: @escaping Observe
    ) -> [JobKind: any JobHandler] {
        environment(
            stores, memory: memory, inventoryReader: inventoryReader, settings: settings, caches: caches,
            observe: observe
        ).handlers
    }

    /// What handlers work with whose caches all have this store.
    func environment(
        _ store: any ObjectStore, settings: WorkerSettings = .small, observe: @escaping Observe = { _ in }
    ) -> JobEnvironment {
        environment(
            OneStore(store), memory: MemoryGate(settings, observe: observe), settings: settings, observe: observe)
    }

    private func environment(
        _ stores: any ObjectStoreProvider, memory: MemoryGate, inventoryReader: (any InventoryReader)? = nil,
        settings: WorkerSettings,
        caches: (any CacheStore)? = nil,
        observe: @escaping Observe
    ) -> JobEnvironment {
        var environment = JobEnvironment(
            jobs: jobs, caches: caches ?? self.caches, contents: contents, urls: urls, stores: stores,
            inventories: PostgresInventoryStore(pool: pool), inventoryReader: inventoryReader,
            files: files, hasher: DigestingHasher(), fetches: PostgresFetchStore(pool: pool),
            archives: PostgresArchiveStore(pool: pool),
            downloader: NoDownloads(), scratch: ScratchDirectory("/tmp"), scanner: scanner, purger: purger,
            memory: memory, settings: settings, observe: observe)
        if let copies { environment.fallback = Fallback(copies: copies, records: PostgresCopyStore(pool: pool)) }
        return environment
    }

    /// Runs `body` beside a whole worker, which drains afterwards.
    func withWorker<Result: Sendable>(
        _ store: any ObjectStore, settings: WorkerSettings = .small, jobs: (any JobStore)? = nil,
        signingKeys: any SigningKeySource = NoSigningKeys(), observe: @escaping Observe = { _ in },
        giveBackMemory: @escaping @Sendable () -> Void = {},
        _ body: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        try await withWorker(
            OneStore(store), settings: settings, jobs: jobs, signingKeys: signingKeys, observe: observe,
            giveBackMemory: giveBackMemory, body)
    }

    /// The same where each cache has the store that it asks for. `jobs` is what claims and ends of jobs go through.
    func withWorker<Result: Sendable>(
        _ stores: any ObjectStoreProvider, settings: WorkerSettings = .small, jobs: (any JobStore)? = nil,
        signingKeys: any SigningKeySource = NoSigningKeys(), observe: @escaping Observe = { _ in },
        giveBackMemory: @escaping @Sendable () -> Void = {},
        _ body: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        let memory = MemoryGate(settings, observe: observe)
        let environment = environment(stores, memory: memory, settings: settings, observe: observe)
        let runner = Runner(
            jobs: jobs ?? self.jobs, urls: urls,
            publisher: SigningKeyPublisher(urls: urls, source: signingKeys, settings: settings, observe: observe),
            handlers: environment.handlers, configurations: environment.configurations,
            endedCopies: EndedCopies(environment), memory: memory, places: environment.places,
            giveBackMemory: { _ in giveBackMemory() },
            wakes: PostgresWakeSource(settings: database.settings, observe: observe),
            announcement: WorkerAnnouncement(
                name: "test", host: "test", processID: 1, version: SchemaMigrator.version,
                lease: settings.lease),
            settings: settings, storeName: "test", observe: observe)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await runner.run()
                return nil
            }
            group.addTask {
                do {
                    let result = try await body()
                    await runner.beginDraining()
                    return result
                } catch {
                    await runner.beginDraining()
                    throw error
                }
            }
            var result: Result?
            while let ended = try await group.next() { result = ended ?? result }
            guard let result else { throw TestFailure("the worker ended before the test") }
            return result
        }
    }
}

/// The same store for every cache.
struct OneStore: ObjectStoreProvider {
    private let store: any ObjectStore
    init(_ store: any ObjectStore) { self.store = store }
    func store(for configuration: CacheConfiguration) throws -> any ObjectStore { store }
}

/// A worker that uploads no files.
struct NoFiles: LocalFiles {
    var isEmpty: Bool { true }
    var canRemove: Bool { false }
    func open(_ path: String) async throws -> any LocalFile { try await FileRoots("").open(path) }
    func names(in directory: String, of stems: Set<String>) async throws -> [String] {
        try await FileRoots("").names(in: directory, of: stems)
    }
    func remove(_ file: any LocalFile, at path: String, isDryRun: Bool) async throws -> Int64 {
        try await FileRoots("").remove(file, at: path, isDryRun: isDryRun)
    }
}

/// A worker that reaches no host.
struct NoDownloads: Downloader {
    func download(
        _ url: UntrustedURL, limits: DownloadLimits, into sink: some DownloadSink
    ) async throws -> DownloadedHead {
        throw DownloadRules.refusedAddress(url.host.text)
    }
}

/// A worker that has nothing to sign with.
struct NoSigningKeys: SigningKeySource {
    func credential(of profile: String?, for purpose: SigningKeyScope.Purpose) async throws -> SigningCredential {
        throw StoreError(.credentialsMissing, "There are none.", operation: "Presign", bucket: "")
    }
}

extension WorkerSettings {
    /// Small enough that a few rows make several slices and batches.
    static let small = WorkerSettings.sliced(3)

    /// Slices of so many objects.
    static func sliced(_ size: Int) -> WorkerSettings {
        var settings = WorkerSettings()
        settings.sliceSize = size
        settings.fenceAge = .zero
        settings.verifyBatch = 7
        settings.lease = .seconds(30)
        settings.pollInterval = .milliseconds(500)
        settings.grace = .seconds(120)
        settings.progressInterval = .milliseconds(1)
        return settings
    }
}
