import Adapters
import Core
import TestSupport
import Testing
import Worker

/// How long ended jobs are remembered.
@Suite(.timeLimit(.minutes(15))) struct HistoryTests {
    @Test func runningWorkerForgetsOldJobsInBatchesAndKeepsTheOthers() async throws {
        try await Rig.use { rig in
            try await rig.session.run(
                """
                insert into s3cache.job_history (
                    id, kind, cache_id, cache, args, state, priority, attempt, max_attempts, owner, queued_at, finished_at)
                select nextval('s3cache.job_id_seq'), 'rebuild', 1, 's3_image_cache', '{}', 'done', 0, 1, 8, current_user,
                    now() - age, now() - age
                from (
                    select interval '31 days' as age from generate_series(1, 25)
                    union all
                    select interval '29 days' from generate_series(1, 5)
                ) ended
                """)
            var settings = WorkerSettings.small
            settings.pruneBatch = 10
            try await rig.withWorker(MemoryStore(), settings: settings) {
                try await waitUntil("the old ones are forgotten") {
                    try await rig.session.number("select count(*) from s3cache.job_history") == 5
                }
            }
            let oldest = try await rig.session.number(
                "select extract(day from now() - min(finished_at)) from s3cache.job_history")
            #expect(oldest == 29)
        }
    }

    @Test func runningWorkerDeletesWhatRebuildsLeftAndForgetsOldDeletions() async throws {
        try await Rig.use { rig in
            try await rig.session.run(
                """
                insert into s3cache.inventory_row (job_id, filename, size, etag, last_modified)
                select 1, n, 1, 'e', now() from generate_series(1, 25) n
                """)
            try await rig.session.run(
                """
                insert into s3cache.tombstone (cache_id, filename, deleted_at)
                select 1, n, now() - n * interval '23 hours' from generate_series(1, 25) n
                """)
            var settings = WorkerSettings.small
            settings.pruneBatch = 10
            settings.listingPruneBatch = 10
            try await rig.withWorker(MemoryStore(), settings: settings) {
                try await waitUntil("what is left over is gone") {
                    try await rig.session.number(
                        "select (select count(*) from s3cache.inventory_row) + (select count(*) from s3cache.tombstone)"
                    ) == 1
                }
            }
        }
    }

    @Test func copyThatNobodyResumedForgetsNothing() async throws {
        try await Rig.use { rig in
            _ = try await rig.rebuild(MemoryStore())
            try await rig.session.run("update s3cache.job_history set finished_at = finished_at - interval '1 year'")
            try await rig.session.run("update s3cache.installation set database_oid = 1")
            #expect(try await rig.jobs.pruneHistory(olderThan: .seconds(3_600), limit: 10, from: nil).count == 0)
            try await rig.session.run("select s3cache.resume()")
            #expect(try await rig.jobs.pruneHistory(olderThan: .seconds(3_600), limit: 10, from: nil).count == 1)
        }
    }
}
