import BucketSupport
import Core
import Foundation
import TestSupport
import Testing
import Worker

/// What a bucket has taken without the worker hearing so is not sent again, where it can be known.
@Suite(.timeLimit(.minutes(15))) struct StoredOnceTests {
    /// What happens on the way to the bucket, and how many uploads came through.
    private struct Way: Sendable {
        /// Whether the answer of the next PUT gets lost.
        var losesAnswer = true
        /// Whether the bucket is away from then on.
        var goesAway = false
        var isAway = false
        var puts = 0

        mutating func fault(_ request: FaultProxy.Request) -> FaultProxy.Fault {
            if isAway { return .reset(.beforeRequest) }
            guard request.method == "PUT" else { return .none }
            puts += 1
            guard losesAnswer else { return .none }
            losesAnswer = false
            isAway = goesAway
            return .reset(.afterRequest)
        }
    }

    private func withBucket(
        _ way: Shared<Way>, _ body: @escaping @Sendable (Rig, TestBucket) async throws -> Void
    ) async throws {
        try await Rig.useBucket(faults: { request in way.withLock { $0.fault(request) } }) { rig, bucket, _ in
            try await body(rig, bucket)
        }
    }

    private static let upload = """
        select s3cache.upload('a.txt', convert_to($1, 'UTF8'), content_type => 'text/plain', metadata => '{"task-id": "7"}',
            cache_control => 'max-age=60')
        """

    private func end(_ rig: Rig, _ id: Int) async throws {
        let status = try await rig.session.wait(for: Int64(id))
        #expect(status.state == "done", "\(status.error ?? "")")
    }

    @Test(arguments: [100, 5_000_000])
    func anAnswerThatGotLostIsAskedFor(size: Int) async throws {
        let way = Shared(Way())
        try await withBucket(way) { rig, bucket in
            try await end(rig, try await rig.session.number(Self.upload, String(repeating: "a", count: size)))
            #expect(way.value.puts == 1)
            let found = try await bucket.store.head("a.txt")
            #expect(found?.size == Int64(size))
            #expect(
                try await rig.session.texts("select state || ' ' || etag from s3_image_cache")
                    == ["present \(found?.etag ?? "")"])
        }
    }

    /// An upload whose first attempt has stored its object, and ended without knowing so.
    private func begun(_ rig: Rig, _ way: Shared<Way>, _ text: String = "abc") async throws -> Int {
        way.withLock { $0.goesAway = true }
        let id = try await rig.session.number(Self.upload, text)
        try await waitUntil("the attempt has failed") {
            try await rig.session.number("select count(*) from s3cache.job where args ? 'first_begun' and id = \(id)")
                == 1
        }
        #expect(way.value.puts == 1)
        return id
    }

    @Test func aLaterAttemptFindsWhatAnEarlierOneHasStored() async throws {
        let way = Shared(Way())
        try await withBucket(way) { rig, _ in
            let id = try await begun(rig, way)
            way.withLock { $0.isAway = false }
            try await end(rig, id)
            #expect(way.value.puts == 1)
            #expect(try await rig.session.number("select count(*) from s3_image_cache where state = 'present'") == 1)
        }
    }

    private enum Change: CaseIterable, Sendable { case bytes, type, cacheControl, metadata, age, absence }

    @Test(arguments: Change.allCases)
    private func whatMayBeAnotherObjectIsReplaced(_ change: Change) async throws {
        let way = Shared(Way())
        try await withBucket(way) { rig, bucket in
            let id = try await begun(rig, way)
            var options = PutOptions(contentType: "text/plain", cacheControl: "max-age=60", metadata: ["task-id": "7"])
            var bytes = Array("abc".utf8)
            switch change {
            case .bytes: bytes[0] += 1
            case .type: options.contentType = "text/csv"
            case .cacheControl: options.cacheControl = "max-age=61"
            case .metadata: options.metadata["more"] = "1"
            // As if the attempts had begun only now.
            case .age:
                try await rig.session.run(
                    "update s3cache.job set args = args || jsonb_build_object('first_begun', clock_timestamp() + interval '1 hour')"
                )
            case .absence: break
            }
            if change == .absence {
                try await bucket.store.delete("a.txt")
            } else if change != .age {
                try await bucket.store.put("a.txt", bytes, options)
            }
            way.withLock { $0.isAway = false }
            try await end(rig, id)
            #expect(way.value.puts == 2)
            let object = try await bucket.store.read("a.txt", limit: 100)
            #expect(object?.bytes == Array("abc".utf8) && object?.summary.contentType == "text/plain")
        }
    }

    /// A worker may send so much of a file before the database knows its size: a write of it that is late is waited for so long.
    @Test func lateWritesOfFilesAreWaitedForAsLongAsTheLargestHeldOneTakes() async throws {
        try await Rig.use { rig in
            let id = try await rig.session.number("select s3cache.upload_file('a.png', 'a.png')")
            let job = try await rig.claim(.uploadFile)
            #expect(job.id == Int64(id))
            try await rig.session.run("select s3cache.expect_late_writes(array[\(id)], 'leaving')")
            let seconds = try await rig.session.number(
                """
                select ceil(extract(epoch from l.until - clock_timestamp() - w.write_timeout))::bigint
                from s3cache.late_write l
                cross join s3cache.worker w
                """)
            #expect(Int64(seconds) == UploadFileHandler.heldSize / 262_144)
        }
    }

    @Test func equalBytesThatWereThereBeforeAreReplaced() async throws {
        let way = Shared(Way(losesAnswer: false))
        try await withBucket(way) { rig, _ in
            try await end(rig, try await rig.session.number(Self.upload, "abc"))
            way.withLock { $0.losesAnswer = true }
            // Its object may have another ACL.
            try await end(rig, try await rig.session.number(Self.upload, "abc"))
            #expect(way.value.puts == 3)
        }
    }
}
