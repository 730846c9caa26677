import Adapters
import BucketSupport
import Core
import TestSupport
import Testing
import Worker

/// URLs that a worker signs: `presign_mode => 'worker'`.
@Suite(.timeLimit(.minutes(15))) struct PresignJobTests {
    @Test func urlsGiveTheBytesAndOnlyWhoAskedSeesThem() async throws {
        try await Rig.useBucket { rig, bucket, proxy in
            let keys = ["a.png", "1/ü b+c.png"]
            for key in keys { try await bucket.store.put(ObjectKey("p/" + key), Array(key.utf8)) }
            try await rig.session.run(
                "select s3cache.configure(bucket => $1, endpoint => $2, prefix => 'p/', presign_mode => 'worker')",
                bucket.name, proxy.origin)
            try await rig.session.withRole("s3cache_writer") { user in
                let session = try await rig.newSession(as: user)
                #expect(try await session.text("select s3cache.url('a.png')") == nil)
                let id = try await session.number("select s3cache.presign(array['a.png', '1/ü b+c.png', 'absent'])")
                let status = try await session.wait(for: Int64(id))
                #expect(status.state == "done" && status.count("signed") == 3, "\(status.error ?? "")")
                for key in keys {
                    let url = try #require(try await session.text("select s3cache.url($1)", key))
                    let got = try await Web.get(url)
                    #expect(got.status == 200 && got.bytes == Array(key.utf8))
                    #expect(try await session.text("select url from s3cache.presigned where filename = $1", key) == url)
                }
                let absent = try #require(try await session.text("select s3cache.url('absent')"))
                #expect(try await Web.get(absent).status == 404)
                // A URL says itself when it ends.
                #expect(
                    try await session.number(
                        """
                        select count(*) from s3cache.presigned
                        where to_timestamp(substring(url from 'X-Amz-Date=(\\w+)'), 'YYYYMMDD"T"HH24MISS"Z"')
                            at time zone current_setting('timezone') at time zone 'UTC'
                            + substring(url from 'X-Amz-Expires=(\\d+)')::integer * interval '1 second' = expires_at
                        """) == 3)
                await session.connection.close()

                try await rig.session.withRole("s3cache_writer") { other in
                    let stranger = try await rig.newSession(as: other)
                    #expect(try await stranger.number("select count(*) from s3cache.presigned") == 0)
                    #expect(try await stranger.text("select s3cache.url('a.png')") == nil)
                    await stranger.connection.close()
                }
            }
            // The bucket was never asked.
            #expect(proxy.requests.allSatisfy { $0.target.contains("X-Amz-Signature=") })
        }
    }

    @Test(arguments: [1, 120, 604_800]) func lifetimeOfTheJobIsTheURLs(seconds: Int) async throws {
        try await Rig.use { rig in
            try await TestBucket.use(on: .rgw) { bucket in
                try await rig.session.run("select s3cache.presign(array['a'])")
                var job = try await rig.claim(.presign)
                job.arguments.seconds = seconds
                try await rig.run(job, bucket.store)
                #expect(try await rig.session.status(of: job.id).state == "done")
                let url = try await rig.session.text("select url from s3cache.presigned")
                #expect(url?.contains("&X-Amz-Expires=\(seconds)&") == true)
            }
        }
    }

    @Test func jobsThatNobodysFunctionEnqueuesFailForGood() async throws {
        try await Rig.use { rig in
            for (filenames, seconds) in [(nil, 60), (["a"], 0), (["a"], 604_801), ([""], 60)] as [([String]?, Int)] {
                try await rig.session.run("select s3cache.presign(array['a'])")
                var job = try await rig.claim(.presign)
                job.arguments.filenames = filenames
                job.arguments.seconds = seconds
                try await rig.run(job, MemoryStore())
                let status = try await rig.session.status(of: job.id)
                #expect(status.state == "failed" && status.retryable == "false", "\(status)")
            }
            #expect(try await rig.session.number("select count(*) from s3cache.presigned_row") == 0)
        }
    }

    /// A session that is in the way for long does not make the job fail, nor wait with a lock held.
    @Test func jobStandsBackForAnOpenTransaction() async throws {
        try await Rig.use { rig in
            try await rig.withWorker(MemoryStore()) {
                let first = try await rig.session.number("select s3cache.presign(array['a'])")
                #expect(try await rig.session.wait(for: Int64(first)).state == "done")
                let blocker = try await rig.newSession()
                try await blocker.run("begin")
                try await blocker.run("select from s3cache.presigned_row for update")
                let second = Int64(try await rig.session.number("select s3cache.presign(array['a'])"))
                let waiting = """
                    select count(*) from pg_locks l join pg_stat_activity a using (pid)
                    where a.datname = current_database() and not l.granted and l.locktype in ('transactionid', 'tuple')
                    """
                try await waitUntil("the job waits for the row") { try await rig.session.number(waiting) > 0 }
                try await waitUntil("the job stands back") { try await rig.session.number(waiting) == 0 }
                #expect(try await rig.session.status(of: second).state == "running")
                try await blocker.run("rollback")
                #expect(try await rig.session.wait(for: second).state == "done")
            }
        }
    }
}
