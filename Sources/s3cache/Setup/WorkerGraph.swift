internal import Adapters
internal import CMalloc
internal import Core
internal import Foundation
internal import Postgres
internal import Worker

/// Builds a worker from its parts.
struct WorkerGraph {
    let runner: Runner
    /// Whether the worker writes nothing to buckets.
    let isDryRun: Bool
    private let pool: PostgresPool
    private let downloader: HTTPDownloader

    /// With `ownFiles` it runs only the jobs that are pinned to it, which may upload these files and no others.
    init(
        settings: WorkerSettings, name: String?, once: Bool = false, ownFiles: (any LocalFiles)? = nil,
        observe: @escaping Observe
    ) throws {
        let hooks = try HookSetup()
        // Room for all other requests beside those of a rebuild that lists.
        let stores = try ObjectStoreSetup(
            writeTimeout: settings.writeTimeout, connections: settings.listConcurrency + 64, observe: observe)
        var settings = settings
        settings.isDryRun = settings.isDryRun || stores.isDryRun
        isDryRun = settings.isDryRun
        var postgres = Database.settings()
        postgres.onNotice = nil
        // One connection for each running job's reads and one for its writes, one for each that has waited for memory, and three
        // for claims, heartbeats and signing keys.
        pool = PostgresPool(postgres, maximum: settings.concurrency * 3 + 3)
        // What is handed back is not queued at once, and whoever leaves then would leave it.
        let memory = MemoryGate(settings, patiently: once, observe: observe)
        downloader = try DownloadSetup.downloader(concurrency: settings.concurrency)
        let jobs = PostgresJobStore(pool: pool)
        let urls = PostgresURLStore(pool: pool)
        let host = ProcessInfo.processInfo.hostName
        let processID = ProcessInfo.processInfo.processIdentifier
        var environment = JobEnvironment(
            jobs: jobs, caches: PostgresCacheStore(pool: pool), contents: PostgresContentStore(pool: pool), urls: urls,
            stores: stores.provider, inventories: PostgresInventoryStore(pool: pool),
            inventoryReader: stores.inventoryReader, files: ownFiles ?? stores.files, hasher: DigestingHasher(),
            fetches: PostgresFetchStore(pool: pool), archives: PostgresArchiveStore(pool: pool), downloader: downloader,
            scratch: DownloadSetup.scratch(),
            scanner: hooks.scanner, purger: hooks.purger,
            memory: memory, settings: settings, observe: observe)
        // Where nothing is written, nothing is kept elsewhere either.
        environment.fallback = Fallback(copies: isDryRun ? nil : stores.copies, records: PostgresCopyStore(pool: pool))
        runner = Runner(
            jobs: jobs, urls: urls,
            publisher: SigningKeyPublisher(
                urls: urls, source: stores.signingKeys, settings: settings, observe: observe),
            handlers: environment.handlers, configurations: environment.configurations,
            leftovers: isDryRun ? nil : LeftoverUploads(environment),
            endedCopies: EndedCopies(environment), memory: memory, places: environment.places,
            giveBackMemory: { [pool] isIdle in
                // As many as an idle worker uses, and the next job.
                if isIdle { await pool.closeIdle(keeping: 3) }
                malloc_give_back(isIdle ? 1 : 0)
            },
            wakes: PostgresWakeSource(settings: postgres, observe: observe),
            announcement: WorkerAnnouncement(
                name: (name ?? "\(host):\(processID)") + (isDryRun ? " DRY_RUN" : ""), host: host, processID: processID,
                version: SchemaMigrator.version,
                lease: settings.lease, writeTimeout: settings.writeTimeout, defaults: stores.defaults,
                runsPinnedOnly: ownFiles != nil),
            settings: settings,
            storeName: stores.description + (isDryRun ? ", to which nothing is written (DRY_RUN)" : ""),
            observe: observe)
    }

    func close() async {
        await downloader.close()
        await pool.close()
    }
}
