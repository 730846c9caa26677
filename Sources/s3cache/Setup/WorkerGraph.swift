internal import Adapters
internal import Core
internal import Foundation
internal import Postgres
internal import Worker

/// Builds a worker from its parts.
struct WorkerGraph {
    let runner: Runner
    private let pool: PostgresPool

    init(settings: WorkerSettings, name: String?, observe: @escaping Observe) throws {
        // Room for all other requests beside those of a rebuild that lists.
        let stores = try ObjectStoreSetup(
            writeTimeout: settings.writeTimeout, connections: settings.listConcurrency + 64, observe: observe)
        var postgres = Database.settings()
        postgres.onNotice = nil
        // One connection for each running job's reads and one for its writes, and three for claims, heartbeats and signing keys.
        pool = PostgresPool(postgres, maximum: settings.concurrency * 2 + 3)
        let jobs = PostgresJobStore(pool: pool)
        let urls = PostgresURLStore(pool: pool)
        let host = ProcessInfo.processInfo.hostName
        let processID = ProcessInfo.processInfo.processIdentifier
        let environment = JobEnvironment(
            jobs: jobs, caches: PostgresCacheStore(pool: pool), contents: PostgresContentStore(pool: pool), urls: urls,
            stores: stores.provider, inventories: PostgresInventoryStore(pool: pool),
            inventoryReader: stores.inventoryReader, settings: settings, observe: observe)
        runner = Runner(
            jobs: jobs, urls: urls,
            publisher: SigningKeyPublisher(
                urls: urls, source: stores.signingKeys, settings: settings, observe: observe),
            handlers: environment.handlers,
            wakes: PostgresWakeSource(settings: postgres, observe: observe),
            announcement: WorkerAnnouncement(
                name: name ?? "\(host):\(processID)", host: host, processID: processID, version: SchemaMigrator.version,
                lease: settings.lease, writeTimeout: settings.writeTimeout, defaults: stores.defaults),
            settings: settings, storeName: stores.description, observe: observe)
    }

    func close() async { await pool.close() }
}
