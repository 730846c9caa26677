package import Core
internal import Synchronization

/// What every job handler works with.
package struct JobEnvironment: Sendable {
    /// The queue.
    package var jobs: any JobStore
    /// The caches.
    package var caches: any CacheStore
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
    /// The limits and times.
    package var settings: WorkerSettings
    /// Takes what is worth noticing.
    package var observe: Observe

    /// All of it.
    package init(
        jobs: any JobStore, caches: any CacheStore, contents: any ContentStore, urls: any URLStore,
        stores: any ObjectStoreProvider, inventories: any InventoryStore, inventoryReader: (any InventoryReader)?,
        settings: WorkerSettings, observe: @escaping Observe
    ) {
        self.jobs = jobs
        self.caches = caches
        self.contents = contents
        self.urls = urls
        self.stores = stores
        self.inventories = inventories
        self.inventoryReader = inventoryReader
        self.settings = settings
        self.observe = observe
    }

    /// The settings of a job's cache, and its bucket.
    func open(_ job: Job) async throws -> (configuration: CacheConfiguration, store: any ObjectStore) {
        let configuration = try await caches.configuration(of: job.cache)
        return (configuration, try stores.store(for: configuration))
    }

    /// The same for a job that is about one file, and that file's key.
    func openFile(_ job: Job) async throws -> OpenFile {
        guard let filename = job.arguments.filename else { throw invalidArguments(of: job, "names no file") }
        let (configuration, store) = try await open(job)
        return OpenFile(configuration: configuration, store: store, key: configuration.key(of: ObjectKey(filename)))
    }

    /// Nobody's function enqueues such a job.
    func invalidArguments(of job: Job, _ problem: String) -> JobFailure {
        JobFailure(
            code: "invalid_arguments",
            message: "Job \(job.id) \(problem); enqueue it again through its function.", isRetryable: false)
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
