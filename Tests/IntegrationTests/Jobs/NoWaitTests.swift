import Postgres
import TestSupport
import Testing

/// Enqueueing and adding never wait for another session's open transaction: that one stays open for as long as they would wait. The
/// short transactions of workers they may wait for.
@Suite(.timeLimit(.minutes(15))) struct NoWaitTests {
    /// What sessions do; `%` is theirs.
    static let calls = [
        "insert into s3_image_cache (filename) values ('%.jpg') on conflict (filename) do nothing",
        "select add_file_to_s3_cache('added-%.jpg')",
        "select rebuild_s3_cache()",
        "select s3cache.rebuild(prefix => '1/')",
        "select s3cache.rebuild(dry_run => true)",
        "select s3cache.verify()",
        "select s3cache.verify(prefix => '%')",
        "delete from s3_image_cache where filename = 'old-%.jpg'",
        "select remove_file_from_s3_cache('older-%.jpg')",
        "select get_s3_image_filename('%.JPG')",
        "select count(*) from s3_image_cache",
        "select * from s3cache.stats()",
        "select count(*) from s3cache.jobs",
    ]

    private func call(_ session: CacheSession, as name: String) async throws {
        for call in Self.calls {
            try await session.run(call.replacing("%", with: name))
        }
    }

    @Test(arguments: [nil, "s3cache_admin"] as [String?])
    func nobodyWaitsForWhatOthersHaveNotCommitted(role: String?) async throws {
        try await Rig.use { rig in
            try await rig.session.run(
                """
                insert into s3_image_cache (filename)
                select w || '-' || n || '.jpg' from unnest('{old,older}'::text[]) w, unnest('{first,second,third}'::text[]) n
                """)
            try await rig.withWorker(SlowStore.make()) {
                // Jobs are claimed and run meanwhile.
                _ = try await rig.session.enqueueRebuild()
                let first = try await rig.newSession()
                let second = try await rig.newSession()
                for session in [first, second] {
                    try await session.run("set lock_timeout = '20s'")
                    try await session.run("set statement_timeout = '60s'")
                    if let role { try await session.run("set role \(role)") }
                    try await session.run("begin")
                }
                try await call(first, as: "first")
                try await call(second, as: "second")
                try await second.run("commit")
                // The first is open still; a third comes, without a transaction.
                let third = try await rig.newSession()
                try await third.run("set lock_timeout = '20s'")
                try await call(third, as: "third")
                try await first.run("commit")
            }
        }
    }

    @Test func rolledBackCallsNeverHappened() async throws {
        try await Rig.use { rig in
            let session = try await rig.newSession()
            try await session.run("begin")
            try await call(session, as: "first")
            try await session.run("rollback")
            #expect(try await rig.session.number("select count(*) from s3cache.job") == 0)
            #expect(try await rig.session.number("select count(*) from s3_image_cache") == 0)
        }
    }

    @Test func cancelAndRetryDoNotWaitForTheWorkersWrites() async throws {
        try await Rig.use { rig in
            try await rig.session.seedPresent(.made(["a"]))
            _ = try await rig.session.enqueueRebuild()
            let job = try await rig.claim(.rebuild)
            // As the worker does while it applies a slice.
            let worker = try await rig.newSession()
            try await worker.run("begin")
            try await worker.run("select s3cache.hold_claim(\(job.id), \(job.token))")
            let user = try await rig.newSession()
            try await user.run("set lock_timeout = '20s'")
            try await user.run("select s3cache.cancel(\(job.id))")
            try await worker.run("commit")
        }
    }
}
