package import Core
internal import Synchronization

/// What every job handler works with.
package struct JobEnvironment: Sendable {
    /// The queue.
    package var jobs: any JobStore
    /// The caches.
    package var caches: any CacheStore
    /// The caches' settings, as the jobs under way work with them.
    package var configurations: ClaimedConfigurations
    /// The bytes that wait in the database.
    package var contents: any ContentStore
    /// What URLs are made with.
    package var urls: any URLStore
    /// The buckets.
    package var stores: any ObjectStoreProvider
    /// Where inventories wait to be read in order.
    package var inventories: any InventoryStore
    /// Reads inventories; nil where buckets are of a kind that has none.
    package var inventoryReader: (any InventoryReader)?
    /// The files that jobs may upload.
    package var files: any LocalFiles
    /// Hashes what is too large to be held.
    package var hasher: any SourceHasher
    /// What is known of URLs that jobs fetch.
    package var fetches: any FetchStore
    /// The rows whose files are archived.
    package var archives: any ArchiveStore
    /// Asks hosts that SQL names.
    package var downloader: any Downloader
    /// Where downloads are kept while they are looked at.
    package var scratch: any ScratchSpace
    /// Looks at what is to be stored; nil: nobody does.
    package var scanner: (any ContentScanner)?
    /// Told of objects that are not what they were; nil: nobody is.
    package var purger: (any CDNPurger)?
    /// What jobs take of the worker's memory.
    package var memory: MemoryGate
    /// The places of jobs whose ends are being written.
    package let places = LentPlaces()
    /// What serves objects while their bucket does not; nil where nothing does.
    package var fallback: Fallback?
    /// The limits and times.
    package var settings: WorkerSettings
    /// Takes what is worth noticing.
    package var observe: Observe

    /// All of it.
    package init(
        jobs: any JobStore, caches: any CacheStore, contents: any ContentStore, urls: any URLStore,
        stores: any ObjectStoreProvider, inventories: any InventoryStore, inventoryReader: (any InventoryReader)?,
        files: any LocalFiles, hasher: any SourceHasher, fetches: any FetchStore, archives: any ArchiveStore,
        downloader: any Downloader,
        scratch: any ScratchSpace, scanner: (any ContentScanner)? = nil, purger: (any CDNPurger)? = nil,
        memory: MemoryGate, settings: WorkerSettings, observe: @escaping Observe
    ) {
        self.jobs = jobs
        self.caches = caches
        configurations = ClaimedConfigurations(caches)
        self.contents = contents
        self.urls = urls
        self.stores = stores
        self.inventories = inventories
        self.inventoryReader = inventoryReader
        self.files = files
        self.hasher = hasher
        self.fetches = fetches
        self.archives = archives
        self.downloader = downloader
        self.scratch = scratch
        self.scanner = scanner
        self.purger = purger
        self.memory = memory
        self.settings = settings
        self.observe = observe
    }

    /// The settings of a job's cache, and its bucket.
    func open(_ job: Job) async throws -> (configuration: CacheConfiguration, store: any ObjectStore) {
        let configuration = try await configurations.configuration(for: job)
        return (configuration, try stores.store(for: configuration))
    }

    /// The same for a job that is about one file, and that file's key.
    func openFile(_ job: Job) async throws -> OpenFile {
        guard let filename = job.arguments.filename else { throw invalidArguments(of: job, "names no file") }
        let (configuration, store) = try await open(job)
        return OpenFile(configuration: configuration, store: store, filename: ObjectKey(filename))
    }

    /// Nobody's function enqueues such a job.
    func invalidArguments(of job: Job, _ problem: String) -> JobFailure {
        JobFailure(
            code: "invalid_arguments",
            message: "Job \(job.id) \(problem); enqueue it again through its function.", isRetryable: false)
    }

    /// Runs what holds so many bytes in memory, as soon as the worker has them to spare. Not within another call for the job.
    ///
    /// Throws `JobFailure` where it never has, and where too many wait already; and what `body` throws.
    func holding<Result: Sendable>(
        _ bytes: Int, for job: Job, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        defer { memory.release(job) }
        if try !memory.reserve(bytes, for: job) {
            observe(.memoryShort(job, bytes: bytes))
            let progress = ProgressReporter(jobs: jobs, job: job, interval: settings.progressInterval)
            try await progress.reportingAlive { try await memory.wait(job) }
        }
        return try await body()
    }

    /// Ends a job that has done nothing.
    func complete(_ job: Job, dryRun result: DryRunResult) async throws {
        guard try await jobs.complete(job, result: result) else { throw ClaimLost(jobID: job.id) }
        observe(.dryRun(job, result))
    }

    /// Files are in the bucket though the bound table refused their URLs: the cache's own rows say so.
    func keep(_ files: [ArchivedFile], for job: Job) async throws {
        guard !files.isEmpty else { return }
        try await persistently { try await archives.keep(files, for: job) }
    }

    /// The same for a job that has changed an object; before its end it is noted how the CDN was told of that, nil: not at all.
    func persistently(
        noting purge: PurgeOutcome?, for job: Job, _ write: @escaping @Sendable () async throws -> Bool
    ) async throws {
        try await persistently {
            if let purge { try await contents.note(purge, for: job) }
            return try await write()
        }
    }

    /// Repeats a write that gives way to users' transactions until it has been made.
    ///
    /// What the bucket has done already is recorded also where the job is cancelled meanwhile: for up to `settleTime`.
    func persistently(_ write: @escaping @Sendable () async throws -> Bool) async throws {
        let cancelledAt = Mutex<ContinuousClock.Instant?>(nil)
        let patience = settings.settleTime
        // Not a child: it outlives the cancellation, and is waited for.
        let settling = Task.detached {
            var pause = YieldPause()
            while try await !write() {
                if let time = cancelledAt.withLock({ $0 }), ContinuousClock.now - time > patience {
                    throw CancellationError()
                }
                try await pause.wait()
            }
        }
        try await withTaskCancellationHandler {
            try await settling.value
        } onCancel: {
            cancelledAt.withLock { $0 = $0 ?? .now }
        }
    }
}
