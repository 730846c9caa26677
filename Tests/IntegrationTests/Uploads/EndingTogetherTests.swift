import Adapters
import Core
import ImageFixtures
import Postgres
import TestSupport
import Testing
import Worker

/// Uploads whose objects are stored at the same time end in one transaction, and none for the worse.
@Suite(.timeLimit(.minutes(15))) struct EndingTogetherTests {
    private static let image = RasterImages.png(4, 3)
    private static let object = UploadedObject(
        ObjectSummary(
            key: ObjectKey("any"), size: Int64(image.count), etag: "e", lastModified: Timestamp(microseconds: 1)))

    /// Uploads of so many names, claimed.
    private func claimed(_ rig: Rig, _ names: [String]) async throws -> [Job] {
        for name in names {
            try await rig.session.connection.query(
                "select s3cache.upload($1, $2)", [.string(name), .bytes(Self.image)])
        }
        let worker = try await rig.register()
        let jobs = try await rig.jobs.claim(for: worker, limit: 100, park: false, running: nil)
            .filter { $0.kind == .upload }
        #expect(jobs.count == names.count)
        return jobs
    }

    private enum End: Hashable { case done, stoodBack, lost }

    /// What becomes of jobs that are ended at the same time, by filename.
    private func end(_ jobs: [Job], _ rig: Rig) async throws -> [String: End] {
        try await withThrowingTaskGroup(of: (String, End).self) { group in
            for job in jobs {
                group.addTask {
                    let name = job.arguments.filename ?? ""
                    do {
                        let isDone = try await rig.contents.complete(job, uploaded: Self.object)
                        return (name, isDone ? .done : .stoodBack)
                    } catch is ClaimLost {
                        return (name, .lost)
                    }
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @Test func manyThatEndAtOnceShareTransactions() async throws {
        try await Rig.use { rig in
            let jobs = try await claimed(rig, (0..<60).map { "\($0).png" })
            #expect(Set(try await end(jobs, rig).values) == [.done])
            let (rows, transactions) = (
                try await rig.session.number("select count(*) from s3_image_cache where state = 'present'"),
                try await rig.session.number("select count(distinct touched_xid::text) from s3_image_cache")
            )
            #expect(rows == 60)
            #expect(transactions < 60, "\(transactions)")
            #expect(try await rig.session.number("select count(*) from s3cache.jobs where state = 'done'") == 60)
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 0)
        }
    }

    @Test func jobThatHasLostItsClaimHoldsUpNoOther() async throws {
        try await Rig.use { rig in
            var jobs = try await claimed(rig, (0..<10).map { "\($0).png" })
            let lost = try #require(jobs.firstIndex { $0.arguments.filename == "7.png" })
            jobs[lost].token -= 1_000
            let ends = try await end(jobs, rig)
            #expect(ends.filter { $0.value == .lost }.map(\.key) == ["7.png"])
            #expect(ends.values.count { $0 == .done } == 9)
            #expect(
                try await rig.session.texts("select filename from s3_image_cache order by filename")
                    == (0..<10).filter { $0 != 7 }.map { "\($0).png" })
        }
    }

    @Test func rowThatAUserHoldsHoldsUpItsOwnUploadOnly() async throws {
        try await Rig.use { rig in
            try await rig.session.run("insert into s3_image_cache (filename) values ('3.png')")
            let jobs = try await claimed(rig, (0..<10).map { "\($0).png" })
            let user = try await rig.newSession()
            try await user.run("begin")
            try await user.run("update s3cache.object set state = state where filename = '3.png'")
            let ends = try await end(jobs, rig)
            #expect(ends.filter { $0.value == .stoodBack }.map(\.key) == ["3.png"])
            #expect(ends.values.count { $0 == .done } == 9)
            try await user.run("rollback")
            #expect(try await end(jobs.filter { $0.arguments.filename == "3.png" }, rig) == ["3.png": .done])
        }
    }

    @Test func uploadsToSeveralCachesEndEachInItsOwn() async throws {
        try await Rig.use { rig in
            try await rig.session.run("select s3cache.create_cache('other')")
            for cache in ["s3_image_cache", "other"] {
                for number in 0..<5 {
                    try await rig.session.connection.query(
                        "select s3cache.upload($1, $2, cache => $3)",
                        [.string("\(cache)-\(number).png"), .bytes(Self.image), .string(cache)])
                }
            }
            let jobs = try await rig.jobs.claim(for: try await rig.register(), limit: 100, park: false, running: nil)
            #expect(Set(try await end(jobs, rig).values) == [.done])
            #expect(
                try await rig.session.filenames(in: "other") == (0..<5).map { "other-\($0).png" })
            #expect(
                try await rig.session.filenames() == (0..<5).map { "s3_image_cache-\($0).png" })
        }
    }
}
