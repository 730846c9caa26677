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
        let stores = try ObjectStoreSetup(writeTimeout: settings.writeTimeout)
        var postgres = Database.settings()
        postgres.onNotice = nil
        // One connection for each running job's reads and one for its writes, and two for claims and heartbeats.
        pool = PostgresPool(postgres, maximum: settings.concurrency * 2 + 2)
        let jobs = PostgresJobStore(pool: pool)
        let host = ProcessInfo.processInfo.hostName
        let processID = ProcessInfo.processInfo.processIdentifier
        let environment = JobEnvironment(
            jobs: jobs, caches: PostgresCacheStore(pool: pool), contents: PostgresContentStore(pool: pool),
            stores: stores.provider, settings: settings, observe: observe)
        runner = Runner(
            jobs: jobs, handlers: environment.handlers,
            wakes: PostgresWakeSource(settings: postgres, observe: observe),
            announcement: WorkerAnnouncement(
                name: name ?? "\(host):\(processID)", host: host, processID: processID, version: SchemaMigrator.version,
                lease: settings.lease, writeTimeout: settings.writeTimeout, defaults: stores.defaults),
            settings: settings, storeName: stores.description, observe: observe)
    }

    func close() async { await pool.close() }
}
