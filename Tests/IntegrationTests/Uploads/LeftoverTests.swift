import Adapters
import Core
import TestSupport
import Testing

@testable import Worker

/// Uploads in parts that jobs have begun and ended without are aborted, and no others.
@Suite(.timeLimit(.minutes(15))) struct LeftoverTests {
    /// Enqueues an upload and has a worker claim it.
    private func begun(_ rig: Rig, _ name: String) async throws -> Job {
        try await rig.session.run("select s3cache.upload_file($1, 'x')", name)
        return try await rig.claim(.uploadFile)
    }

    private func end(_ job: Job, _ rig: Rig) async throws {
        _ = try await rig.jobs.fail(job, JobFailure(code: "access_denied", message: "No.", isRetryable: false))
    }

    private func checkpoint(_ id: String) -> MultipartCheckpoint {
        MultipartCheckpoint(uploadID: id, plan: MultipartPlan(size: 100 << 20), sha256: nil)
    }

    @Test func whatEndedJobsHaveBegunIsAbortedUnderItsOwnKey() async throws {
        try await Rig.use { rig in
            let ended = try await begun(rig, "a.png")
            try await rig.contents.save(checkpoint("first"), key: "p/before.png", for: ended)
            try await rig.contents.save(checkpoint("second"), key: "p/a.png", for: ended)
            try await end(ended, rig)
            let running = try await begun(rig, "b.png")
            try await rig.contents.save(checkpoint("third"), key: "p/b.png", for: running)
            let aborted = Shared<[String]>([])
            let store = HookedStore(
                MemoryStore(), onAbort: { id, key in aborted.withLock { $0.append("\(id) \(key)") } })
            let leftovers = LeftoverUploads(rig.environment(store))
            #expect(try await leftovers.abort(batch: 10) == 2)
            #expect(aborted.value.sorted() == ["first p/before.png", "second p/a.png"])
            #expect(try await leftovers.abort(batch: 10) == 0)
        }
    }

    /// A worker was lost before the store could tell what it calls the upload.
    @Test func whatHasNoNameIsFoundByItsKey() async throws {
        try await Rig.use { rig in
            let ended = try await begun(rig, "a.png")
            try await rig.contents.noteBeginning(of: "p/a.png", for: ended)
            try await end(ended, rig)
            let now = Timestamp(
                microseconds: Int64(
                    try await rig.session.number("select (extract(epoch from clock_timestamp()) * 1000000)::bigint")))
            let long = now.advanced(bySeconds: -86_400)
            let all = [
                PendingUpload(key: "p/a.png", id: "of long ago", startedAt: long),
                PendingUpload(key: "p/a.png", id: "lost", startedAt: now),
                PendingUpload(key: "p/a.png.old", id: "of another", startedAt: now),
            ]
            let aborted = Shared<[String]>([])
            let store = HookedStore(
                MemoryStore(), pending: { _ in all }, onAbort: { id, _ in aborted.withLock { $0.append(id) } })
            #expect(try await LeftoverUploads(rig.environment(store)).abort(batch: 10) == 1)
            #expect(aborted.value == ["lost"])
            #expect(try await rig.session.number("select count(*) from s3cache.unfinished_upload") == 0)
        }
    }

    /// Clocks differ by a quarter of an hour, and a request may take another one. What others began before or after that stays.
    @Test func whatHasNoNameIsAbortedOnlyWhereItMayBeTheLostOne() async throws {
        try await Rig.use { rig in
            let ended = try await begun(rig, "a.png")
            try await rig.contents.noteBeginning(of: "p/a.png", for: ended)
            try await end(ended, rig)
            let yesterday = try await rig.session.number("select extract(epoch from now())::bigint - 86400")
            let begun = Timestamp(seconds: Int64(yesterday), nanoseconds: 0)
            // Another attempt was about to begin an hour later.
            try await rig.session.run(
                """
                update s3cache.unfinished_upload
                set begun_at = to_timestamp(\(yesterday)), saved_at = to_timestamp(\(yesterday) + 3600)
                """)
            let all = [-901, -900, 0, 3_600, 3_600 + 1_800, 3_600 + 1_801].map {
                PendingUpload(key: "p/a.png", id: "\($0)", startedAt: begun.advanced(bySeconds: $0))
            }
            let aborted = Shared<[String]>([])
            let store = HookedStore(
                MemoryStore(), pending: { _ in all }, onAbort: { id, _ in aborted.withLock { $0.append(id) } })
            #expect(try await LeftoverUploads(rig.environment(store)).abort(batch: 10) == 1)
            #expect(aborted.value == ["-900", "0", "3600", "5400"])
        }
    }

    /// Those that cannot be aborted are in nobody's way.
    @Test func whatCannotBeAbortedKeepsNothingElse() async throws {
        try await Rig.use { rig in
            for name in ["1", "2", "3", "4"] {
                let job = try await begun(rig, "\(name).png")
                try await rig.contents.save(checkpoint(name), key: ObjectKey(name), for: job)
                try await end(job, rig)
            }
            let kept = Shared(0)
            let store = HookedStore(
                MemoryStore(),
                onAbort: { id, key in
                    guard id != "4" else { return }
                    throw StoreError(.accessDenied, "No.", operation: "AbortMultipartUpload", bucket: "b", key: key)
                })
            let leftovers = LeftoverUploads(
                rig.environment(store, observe: { if case .leftoverKept = $0 { kept.withLock { $0 += 1 } } }))
            #expect(try await leftovers.abort(batch: 2) == 1)
            #expect(kept.value == 3)
            #expect(
                try await rig.session.texts("select upload_id from s3cache.unfinished_upload order by 1")
                    == ["1", "2", "3"])
        }
    }
}
