import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// What goes wrong with a bucket, or with the cache, is in the log, and ends no worker. Credentials, buckets and regions:
/// `CredentialErrorTests`.
@Suite(.timeLimit(.minutes(15))) struct LoggedErrorTests {
    /// What is missing is an answer like others; what is broken is told, and tried again.
    @Test func missingObjectAndBrokenConnectionAreToldAndLogged() async throws {
        let isBroken = Shared(false)
        try await BucketSite.use(faults: { _ in isBroken.value ? .reset(.beforeRequest) : .none }) { place in
            let worker = try place.startWorker()
            let id = Int64(try await place.session.number("select s3cache.read('nowhere.jpg')"))
            let status = try await place.session.wait(for: id)
            #expect(status.state == "done", "\(status)")
            isBroken.withLock { $0 = true }
            let next = Int64(try await place.session.number("select s3cache.upload('a', 'abc'::bytea)"))
            try await waitUntil("the upload fails for now") {
                try await place.session.status(of: next).code == "unavailable"
            }
            isBroken.withLock { $0 = false }
            #expect(try await place.session.wait(for: next).state == "done")
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            let lines = worker.standardError.split(separator: "\n")
            #expect(lines.contains { $0.contains("Job done") && $0.contains("job=\(id) ") }, "\(lines)")
            #expect(lines.contains { $0.contains("Job failed") && $0.contains("code=unavailable") }, "\(lines)")
        }
    }

    /// A cache whose table users may not write any more, say.
    @Test func errorOfTheCacheIsToldAndLogged() async throws {
        try await BucketSite.use { place in
            try await place.bucket.store.put("a", [1])
            try await place.session.run(
                """
                create function refuse() returns trigger language plpgsql as
                    $$ begin raise exception 'The disk of this cache is full.'; end $$;
                """)
            try await place.session.run(
                "create trigger refuse before insert on s3_image_cache for each row execute function refuse()")
            let worker = try place.startWorker()
            let id = try await place.session.enqueueRebuild()
            try await waitUntil("the rebuild fails for now") {
                try await place.session.status(of: id).error?.contains("The disk of this cache is full.") == true
            }
            try await place.session.run("drop trigger refuse on s3_image_cache")
            #expect(try await place.session.wait(for: id).state == "done")
            #expect(try await place.session.filenames() == ["a"])
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            let lines = worker.standardError.split(separator: "\n")
            #expect(
                lines.contains { $0.contains("Job failed") && $0.contains("The disk of this cache is full.") },
                "\(lines)")
        }
    }
}
