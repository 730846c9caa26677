internal import Adapters
internal import Core
internal import Foundation
internal import Glibc
internal import Postgres
internal import Worker

// Rebuilds a cache of many rows from a store in memory, so that only our own work and PostgreSQL's is measured:
// into an empty table, then unchanged, then with 0.1 % changed. Expects an empty database in which s3cache is installed,
// named by the PG* variables; the number of objects is the first argument (1,000,000 by default).

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
let settings = PostgresSettings.environment(applicationName: "s3cache bench")
let pool = PostgresPool(settings, maximum: 10)
let jobs = PostgresJobStore(pool: pool)
let caches = PostgresCacheStore(pool: pool)

/// Product images spread over folders: keys of about 30 bytes, in key order.
func summaries(_ count: Int, changed: Int) -> [ObjectSummary] {
    (0..<count).map { number in
        let digits = String(number)
        let padded = String(repeating: "0", count: 8 - digits.count) + digits
        let isChanged = changed > 0 && number % (count / changed) == 0
        return ObjectSummary(
            key: ObjectKey("products/\(padded)/front.jpg"), size: Int64(number % 90_000 + 1000),
            etag: "9b2cf535f27731c974343645a3985328" + (isChanged ? "-2" : ""),
            lastModified: Timestamp(microseconds: 1_760_000_000_000_000 + Int64(number)), storageClass: "STANDARD")
    }
}

struct OneStore: ObjectStoreProvider {
    let memory: MemoryStore
    func store(for configuration: CacheConfiguration) throws -> any ObjectStore { memory }
}

func value(_ sql: String) async throws -> Int64 {
    try await pool.withConnection { try await $0.query(sql).only[0] }
}

func walPosition() async throws -> Int64 {
    try await value("select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")
}

/// Process CPU time in seconds, and the peak resident memory in MB.
func usage() -> (cpu: Double, peak: Int) {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    let cpu =
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    return (cpu, usage.ru_maxrss / 1024)
}

func measure(_ title: String, _ store: MemoryStore) async throws {
    let worker = try await jobs.register(
        WorkerAnnouncement(
            name: "bench", host: "localhost", processID: getpid(), version: "bench", lease: .seconds(600)))
    try await pool.withConnection { _ = try await $0.query("select s3cache.rebuild()") }
    guard let job = try await jobs.claim(for: worker, limit: 1, park: false, running: nil).first else {
        throw JobFailure(code: "bench", message: "nothing to claim", isRetryable: false)
    }
    let walBefore = try await walPosition()
    let cpuBefore = usage().cpu
    let start = ContinuousClock.now
    try await RebuildHandler(
        JobEnvironment(
            jobs: jobs, caches: caches, contents: PostgresContentStore(pool: pool), urls: PostgresURLStore(pool: pool),
            stores: OneStore(memory: store), settings: WorkerSettings(), observe: { _ in })
    ).run(job)
    let elapsed = start.duration(to: .now)
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let wal = Double(try await walPosition() - walBefore) / 1_048_576
    let used = usage()
    try await jobs.unregister(worker)
    print(
        String(
            format: "%-24@ %9d objects %8.2f s %9.0f objects/s %9.2f MB WAL %6.2f CPU s %6d MB peak",
            title as NSString, count, seconds, Double(count) / seconds, wal, used.cpu - cpuBefore, used.peak))
}

let store = try MemoryStore(sorted: summaries(count, changed: 0))
print("the store itself takes \(usage().peak) MB")
for _ in 1...3 {
    try await pool.withConnection { try await $0.execute("truncate s3_image_cache") }
    try await measure("into an empty table", store)
}
try await measure("unchanged", store)
try await measure("unchanged again", store)
try await pool.withConnection { try await $0.execute("vacuum analyze s3_image_cache") }
try await measure("unchanged, analysed", store)
try await measure("0.1 % changed", try MemoryStore(sorted: summaries(count, changed: count / 1000)))
