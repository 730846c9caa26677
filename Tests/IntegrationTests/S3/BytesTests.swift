import BucketSupport
import Core
import Foundation
import ImageFixtures
import TestSupport
import Testing
import Worker

/// Bytes go into a real bucket and come out of it through SQL alone.
@Suite(.timeLimit(.minutes(15))) struct BytesTests {
    @Test func uploadStoresTheBytesThenTheRowAppearsAndTheBytesLeaveTheDatabase() async throws {
        let bytes = RasterImages.png(4, 3)
        try await Rig.useBucket { rig, bucket, _ in
            let id = try await rig.session.number(
                """
                select s3cache.upload('1/a b.png', content => '\\x\(bytes.hexadecimal)'::bytea, content_type => 'image/png',
                    metadata => '{"task-id": "7"}', cache_control => 'max-age=60')
                """)
            let status = try await rig.session.wait(for: Int64(id))
            #expect(status.state == "done", "\(status.error ?? "")")
            let object = try await bucket.store.read("1/a b.png", limit: 1_000)
            #expect(object?.bytes == bytes)
            #expect(object?.summary.contentType == "image/png")
            #expect(
                try await rig.session.text(
                    """
                    select concat_ws('|', state, location, size, etag, content_type, encode(sha256, 'hex'), storage_class)
                    from s3_image_cache where filename = '1/a b.png'
                    """)
                    == "present|s3|\(bytes.count)|\(object?.summary.etag ?? "")|image/png|"
                    + (try await rig.session.text("select encode(sha256('\\x\(bytes.hexadecimal)'), 'hex')") ?? "")
                    + "|STANDARD")
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 0)
            let result = try await rig.session.text(
                "select result - 'etag' - 'sha256' from s3cache.jobs where id = $1::text::bigint", "\(id)")
            let expected = """
                {"key": "1/a b.png", "url": null, "size": \(bytes.count), "width": 4, "height": 3, "filename": "1/a b.png", \
                "location": "s3", "content_type": "image/png"}
                """
            #expect(result == expected)
            // It shows without a rebuild, and a rebuild finds nothing to do.
            let rebuild = try await rig.session.wait(for: try await rig.session.enqueueRebuild())
            #expect(rebuild.count("listed") == 1 && rebuild.count("unchanged") == 1)
            #expect(rebuild.count("updated") == 0 && rebuild.count("added") == 0)
        }
    }

    @Test(arguments: [
        ("a.JSON", "'{}'", "application/json"),
        ("a.csv", "'a,b'", "text/csv"), ("x/noextension", "'abc'", "text/plain"),
        ("x/unknown", "'\\x00'::bytea", "binary/octet-stream"),
    ])
    func typeIsThatOfTheBytesAndTheName(filename: String, content: String, type: String) async throws {
        try await Rig.useBucket { rig, bucket, _ in
            let id = try await rig.session.number("select s3cache.upload($1, \(content))", filename)
            #expect(try await rig.session.wait(for: Int64(id)).state == "done")
            #expect(try await bucket.store.head(ObjectKey(filename))?.contentType == type)
        }
    }

    @Test func rolledBackUploadsAndDeletesNeverHappen() async throws {
        try await Rig.useBucket { rig, bucket, proxy in
            try await bucket.store.put("kept", [1])
            let before = proxy.count()
            try await rig.session.run("begin")
            try await rig.session.run("select s3cache.upload('never', 'abc'::bytea)")
            try await rig.session.run("select s3cache.delete_object('kept')")
            try await rig.session.run("rollback")
            let id = try await rig.session.number("select s3cache.upload('after', 'abc'::bytea)")
            #expect(try await rig.session.wait(for: Int64(id)).state == "done")
            #expect(proxy.requests.dropFirst(before).allSatisfy { $0.path.hasSuffix("/after") })
            #expect(try await bucket.store.head("never") == nil)
            #expect(try await bucket.store.head("kept") != nil)
        }
    }

    @Test func refusedPutLeavesNoRowAndKeepsTheBytesForRetry() async throws {
        let isRefusing = Shared(true)
        try await Rig.useBucket(faults: { request in
            request.method == "PUT" && isRefusing.value ? .status(403, body: Array(Self.denied.utf8)) : .none
        }) { rig, bucket, _ in
            let id = try await rig.session.number("select s3cache.upload('a', 'abc'::bytea)")
            let failed = try await rig.session.wait(for: Int64(id))
            #expect(failed.state == "failed" && failed.code == "access_denied")
            #expect(failed.error?.contains(bucket.name) == true)
            #expect(try await rig.session.filenames() == [])
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 1)
            isRefusing.withLock { $0 = false }
            let again = try await rig.session.number("select s3cache.retry($1::text::bigint)", "\(id)")
            #expect(try await rig.session.wait(for: Int64(again)).state == "done")
            #expect(try await bucket.store.get("a", limit: 3) == Array("abc".utf8))
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 0)
        }
    }

    @Test func replacingKeepsOneRowAndTheIdAndChangesTheVersion() async throws {
        try await Rig.useBucket { rig, _, _ in
            var seen: [String] = []
            for content in ["one", "two", "two"] {
                let id = try await rig.session.number("select s3cache.upload('a', convert_to($1, 'UTF8'))", content)
                #expect(try await rig.session.wait(for: Int64(id)).state == "done")
                seen.append(
                    try await rig.session.text("select concat_ws('|', id, object_version) from s3_image_cache") ?? "")
            }
            #expect(seen[0] != seen[1] && seen[1] == seen[2])
            #expect(seen[0].split(separator: "|")[0] == seen[1].split(separator: "|")[0])
        }
    }

    @Test func deleteTakesObjectAndRowAndIsNoErrorWhereNothingIs() async throws {
        try await Rig.useBucket { rig, bucket, _ in
            for key in ["a/1", "a/2"] { try await bucket.store.put(ObjectKey(key), [1]) }
            #expect(try await rig.session.wait(for: try await rig.session.enqueueRebuild()).count("added") == 2)
            for name in ["a/1", "never"] {
                let id = try await rig.session.number("select s3cache.delete_object($1)", name)
                let status = try await rig.session.wait(for: Int64(id))
                #expect(status.state == "done", "\(status.error ?? "")")
            }
            #expect(try await bucket.store.head("a/1") == nil)
            #expect(try await rig.session.filenames() == ["a/2"])
        }
    }

    /// An upload that waits for its second attempt holds back what was asked for after it.
    @Test func jobsOnOneKeyRunInTheOrderInWhichTheyWereEnqueued() async throws {
        // More than the client tries by itself.
        let failures = Shared(6)
        try await Rig.useBucket(faults: { request in
            guard request.method == "PUT" else { return .none }
            let isFailing = failures.withLock { count in
                count -= 1
                return count >= 0
            }
            return isFailing ? .status(503) : .none
        }) { rig, bucket, proxy in
            var ids: [Int] = []
            for round in 0..<5 {
                ids.append(
                    try await rig.session.number("select s3cache.upload('k', convert_to($1, 'UTF8'))", "\(round)"))
                ids.append(try await rig.session.number("select s3cache.read('k')"))
                ids.append(try await rig.session.number("select s3cache.delete_object('k')"))
            }
            for id in ids { #expect(try await rig.session.wait(for: Int64(id)).state == "done") }
            let contents = try await rig.session.texts(
                """
                select convert_from(s3cache.content(j.id), 'UTF8') from s3cache.jobs j where j.kind = 'read' order by j.id
                """)
            #expect(contents == ["0", "1", "2", "3", "4"])
            let attempts = try await rig.session.number("select max(attempt) from s3cache.jobs where kind = 'upload'")
            #expect(attempts > 1)
            let sent = proxy.requests.filter { ["PUT", "GET", "DELETE"].contains($0.method) }.map(\.method)
            let order = sent.indices.filter { $0 == 0 || sent[$0] != sent[$0 - 1] }.map { sent[$0] }
            #expect(order == Array(repeating: ["PUT", "GET", "DELETE"], count: 5).flatMap { $0 })
            #expect(try await bucket.store.head("k") == nil)
        }
    }

    @Test func readGivesBytesToTheirOwnerAndNullForWhatIsNotThere() async throws {
        try await Rig.useBucket { rig, bucket, _ in
            let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
            try await bucket.store.put("config.json", bytes)
            let id = try await rig.session.number("select s3cache.read('config.json')")
            #expect(try await rig.session.wait(for: Int64(id)).state == "done")
            #expect(
                try await rig.session.text("select encode(sha256(s3cache.content($1::text::bigint)), 'hex')", "\(id)")
                    == (try await rig.session.connection.query(
                        "select encode(sha256($1::bytea), 'hex')", [.bytes(bytes)]
                    ).only[0] as String))
            let absent = try await rig.session.number("select s3cache.read('absent')")
            #expect(try await rig.session.wait(for: Int64(absent)).state == "done")
            #expect(try await rig.session.text("select s3cache.content($1::text::bigint)::text", "\(absent)") == nil)
        }
    }

    @Test func readBeyondTheLimitIsRefusedBeforeTheBodyIsRead() async throws {
        try await Rig.useBucket { rig, bucket, _ in
            try await bucket.store.put("large", Array(repeating: 1, count: 1_000))
            let id = try await rig.session.number("select s3cache.read('large', max_bytes => 999)")
            let status = try await rig.session.wait(for: Int64(id))
            #expect(status.state == "failed" && status.code == "too_large", "\(status.error ?? "")")
        }
    }

    /// Those that come while one is on its way join it; a failure is nobody's but its own.
    @Test func concurrentReadsOfOneObjectMakeOneRequest() async throws {
        let gate = Gate()
        try await Rig.useBucket(faults: { request in
            if request.method == "GET", request.path.hasSuffix("/shared") { gate.pass() }
            return .none
        }) { rig, bucket, proxy in
            try await bucket.store.put("shared", [7])
            var ids = [try await rig.session.number("select s3cache.read('shared')")]
            try await waitUntil("the first is on its way") { proxy.count { $0.path.hasSuffix("/shared") } == 1 }
            for _ in 0..<20 { ids.append(try await rig.session.number("select s3cache.read('shared')")) }
            gate.open()
            for id in ids { #expect(try await rig.session.wait(for: Int64(id)).state == "done") }
            let contents = try await rig.session.texts(
                "select s3cache.content(j.id)::text from s3cache.jobs j where j.kind = 'read'")
            #expect(contents == Array(repeating: "\\x07", count: 21))
            #expect(proxy.count { $0.method == "GET" && $0.path.hasSuffix("/shared") } == 1)
        }
    }

    @Test func failedReadPoisonsNoLaterOne() async throws {
        let isRefusing = Shared(true)
        try await Rig.useBucket(faults: { request in
            request.method == "GET" && isRefusing.value ? .status(403, body: Array(Self.denied.utf8)) : .none
        }) { rig, bucket, _ in
            try await bucket.store.put("shared", [7])
            let first = try await rig.session.number("select s3cache.read('shared')")
            #expect(try await rig.session.wait(for: Int64(first)).code == "access_denied")
            isRefusing.withLock { $0 = false }
            let second = try await rig.session.number("select s3cache.read('shared')")
            #expect(try await rig.session.wait(for: Int64(second)).state == "done")
            #expect(
                try await rig.session.text("select s3cache.content($1::text::bigint)::text", "\(second)") == "\\x07")
        }
    }

    /// The next attempt looks once more before it sends the bytes again.
    @Test(arguments: [1, 2])
    func objectThatIsNotThereAfterItsUploadIsUploadedAgain(looksInVain: Int) async throws {
        let misses = Shared(looksInVain)
        try await Rig.useBucket(faults: { request in
            guard request.method == "HEAD", request.path.hasSuffix("/a") else { return .none }
            let isMissing = misses.withLock { count in
                count -= 1
                return count >= 0
            }
            return isMissing ? .status(404) : .none
        }) { rig, _, proxy in
            let id = try await rig.session.number("select s3cache.upload('a', 'abc'::bytea)")
            let status = try await rig.session.wait(for: Int64(id))
            #expect(status.state == "done" && status.attempt == 2)
            #expect(proxy.count { $0.method == "PUT" } == looksInVain)
            #expect(try await rig.session.text("select state from s3_image_cache") == "present")
        }
    }

    /// What the bucket has done is recorded, though the job was cancelled while a user held the row.
    @Test func deletionThatTheBucketHasMadeIsDoneAlsoIfItIsCancelled() async throws {
        try await Rig.useBucket { rig, bucket, proxy in
            try await bucket.store.put("a", [1])
            #expect(try await rig.session.wait(for: try await rig.session.enqueueRebuild()).count("added") == 1)
            let user = try await rig.newSession()
            try await user.run("begin")
            try await user.run("update s3_image_cache set size = size where filename = 'a'")
            let id = try await rig.session.number("select s3cache.delete_object('a')")
            // That it is gone the worker may not have heard yet.
            try await waitUntil("the worker knows that the object is deleted") {
                try await rig.session.number(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid() and query like '%complete_deletion%'
                    """) > 0
            }
            #expect(try await bucket.store.head("a") == nil)
            try await rig.session.run("select s3cache.cancel($1::text::bigint)", "\(id)")
            try await user.run("commit")
            #expect(try await rig.session.wait(for: Int64(id)).state == "done")
            #expect(try await rig.session.filenames() == [])
        }
    }

    /// A user's open transaction on the row neither loses the upload nor makes other users wait for it.
    @Test func uploadWaitsForAUsersTransactionOnItsRow() async throws {
        try await Rig.useBucket { rig, _, proxy in
            try await rig.session.run("insert into s3_image_cache (filename) values ('a')")
            try await waitUntil("the row is looked at") {
                try await rig.session.text("select state from s3_image_cache") == "missing"
            }
            let user = try await rig.newSession()
            try await user.run("begin")
            try await user.run("update s3_image_cache set state = 'unverified' where filename = 'a'")
            let id = try await rig.session.number("select s3cache.upload('a', 'abc'::bytea)")
            try await waitUntil("the object is stored") { proxy.count { $0.method == "PUT" } == 1 }
            try await user.run("commit")
            #expect(try await rig.session.wait(for: Int64(id)).state == "done")
            #expect(try await rig.session.text("select state from s3_image_cache") == "present")
            #expect(proxy.count { $0.method == "PUT" } == 1)
        }
    }

    static let denied = "<Error><Code>AccessDenied</Code><RequestId>r</RequestId></Error>"
}
