internal import Core
internal import Postgres
internal import Synchronization

/// Ends uploads that are ready at the same time together: one statement, one transaction and one write to disk for all of them.
///
/// Whoever comes after a pause goes at once. While ends follow each other closely, they go at most every `spacing`, with all
/// that have come by then. Each job is fenced by its own token. What cannot be written together is written one by one.
final class UploadCompletions: Sendable {
    /// How many go together at most.
    private static let most = 64
    /// A statement costs as much as the ends of a dozen uploads, and nobody's place waits for it.
    private static let spacing: Duration = .milliseconds(25)
    /// How long they wait for other sessions' locks together; longer waits are each job's own.
    private static let lockTimeout = "20ms"

    /// What becomes of whoever has asked.
    private enum Turn {
        /// It ends its own job and those that have come by then, and tells these.
        case lead
        /// Its job has been ended, or its claim was void.
        case ended(Bool)
        /// It ends its job itself.
        case alone
    }

    private struct Waiter {
        let job: Job
        let object: UploadedObject
        let continuation: CheckedContinuation<Turn, Never>
    }

    /// The ends in one cache: what holds one cache up holds up no other.
    private struct Queue {
        var isLed = false
        var waiters: [Waiter] = []
        var lastBegun: ContinuousClock.Instant?
    }

    private let pool: PostgresPool
    /// By the caches' names.
    private let queues = Mutex<[String: Queue]>([:])

    /// Nobody waits yet.
    init(pool: PostgresPool) { self.pool = pool }

    /// Ends an upload that writes no bound row; what `ContentStore.complete` says.
    func complete(_ job: Job, uploaded object: UploadedObject) async throws -> Bool {
        let turn = await withCheckedContinuation { continuation in
            let isFirst = queues.withLock { queues in
                guard queues[job.cache, default: Queue()].isLed else {
                    queues[job.cache, default: Queue()].isLed = true
                    return true
                }
                queues[job.cache]?.waiters.append(Waiter(job: job, object: object, continuation: continuation))
                return false
            }
            if isFirst { continuation.resume(returning: .lead) }
        }
        switch turn {
        case .ended(let isOurs):
            guard isOurs else { throw ClaimLost(jobID: job.id) }
            return true
        case .alone: return try await completeAlone(job, object)
        case .lead:
            let others = await company(in: job.cache)
            let ended = await completeTogether([(job, object)] + others.map { ($0.job, $0.object) })
            for other in others {
                other.continuation.resume(returning: ended.map { .ended($0.contains(other.job.token)) } ?? .alone)
            }
            passOn(in: job.cache)
            guard let ended else { return try await completeAlone(job, object) }
            guard ended.contains(job.token) else { throw ClaimLost(jobID: job.id) }
            return true
        }
    }

    /// Waits for the turn of whoever leads, and gives those who have come by then.
    private func company(in cache: String) async -> [Waiter] {
        if let last = queues.withLock({ $0[cache]?.lastBegun }) {
            // Whoever is cancelled goes at once.
            try? await Task.sleep(until: last + Self.spacing, clock: .continuous)
        }
        return queues.withLock { queues in
            guard var queue = queues[cache] else { return [] }
            queue.lastBegun = .now
            let company = Array(queue.waiters.prefix(Self.most - 1))
            queue.waiters.removeFirst(company.count)
            queues[cache] = queue
            return company
        }
    }

    /// The next one leads.
    private func passOn(in cache: String) {
        let next = queues.withLock { queues -> Waiter? in
            guard queues[cache]?.waiters.isEmpty == false else {
                queues[cache]?.isLed = false
                return nil
            }
            return queues[cache]?.waiters.removeFirst()
        }
        next?.continuation.resume(returning: .lead)
    }

    /// The tokens of those that were ended; nil where they are to be ended one by one, for whatever reason.
    private func completeTogether(_ uploads: [(job: Job, object: UploadedObject)]) async -> Set<Int64>? {
        let summaries = uploads.map(\.object.summary)
        let statement = """
            with limited as materialized (select pg_catalog.set_config('lock_timeout', '\(Self.lockTimeout)', true))
            select s3cache.complete_uploads($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as ended from limited
            """
        let parameters: [PostgresValue] = [
            .int64s(uploads.map(\.job.id)), .int64s(uploads.map(\.job.token)), .strings(summaries.map(\.etag)),
            .int64s(summaries.map(\.size)), .int64s(summaries.map(\.lastModified.microseconds)),
            .strings(summaries.map(\.storageClass)), .strings(summaries.map(\.contentType)),
            .strings(uploads.map { $0.object.sha256.map { "\\x" + $0.hexadecimal } }),
            .int64s(uploads.map { $0.object.size.map { Int64($0.width) } }),
            .int64s(uploads.map { $0.object.size.map { Int64($0.height) } }),
            .strings(uploads.map { $0.object.isSkipped ? "true" : "false" }),
        ]
        guard let ended: [Int64] = try? await pool.query(statement, parameters).only["ended"] else { return nil }
        return Set(ended)
    }

    private func completeAlone(_ job: Job, _ object: UploadedObject) async throws -> Bool {
        try await pool.completing(job, uploaded: object)
    }
}

extension PostgresPool {
    /// Ends one upload; false if it had to stand back, and then nothing was written.
    func completing(_ job: Job, uploaded object: UploadedObject) async throws -> Bool {
        let summary = object.summary
        return try await completing(
            job, call: "s3cache.complete_upload($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [
                .int64(job.id), .int64(job.token), .string(summary.etag), .int64(summary.size),
                .int64(summary.lastModified.microseconds), .string(orNull: summary.storageClass),
                .string(orNull: summary.contentType), .bytes(orNull: object.sha256),
                .int64(orNull: object.size.map { Int64($0.width) }),
                .int64(orNull: object.size.map { Int64($0.height) }),
                .bool(object.isSkipped),
            ])
    }
}
