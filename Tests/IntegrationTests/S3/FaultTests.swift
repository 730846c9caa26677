import BucketSupport
import Core
import TestSupport
import Testing
import Worker

/// Whatever the way to the bucket does, a job ends well or says why not, and the table is never wrong: no row goes while its
/// object is there (I3), a listing that failed changes nothing (I4), and no row comes for what was not stored (I5).
@Suite(.timeLimit(.minutes(15))) struct FaultTests {
    /// Whether requests are struck, and by what.
    private struct Weather: Sendable {
        var passing: PassingFault?
        var lasting: FaultProxy.Fault?
        /// Whether HEAD and GET are spared.
        var strikesWritesOnly = false
        var count = 0
    }

    private static let files = (0..<40).map { "f/\(100 + $0)" }
    /// Nobody does anything to these.
    private static let kept = Array(files.prefix(20))

    private func withBucket(
        stall: Duration? = nil,
        _ body: @escaping @Sendable (Rig, TestBucket, Shared<Weather>) async throws -> Void
    ) async throws {
        let weather = Shared(Weather())
        try await Rig.useBucket(
            settings: .sliced(10), stall: stall,
            faults: { request in
                weather.withLock { weather in
                    if weather.strikesWritesOnly, ["HEAD", "GET"].contains(request.method) { return .none }
                    weather.count += 1
                    return weather.passing?.strike(weather.count, request) ?? weather.lasting ?? .none
                }
            }
        ) { rig, bucket, _ in
            try await bucket.fill(Self.files.map { ($0, Array($0.utf8)) })
            #expect(try await rig.session.wait(for: try await rig.session.enqueueRebuild()).state == "done")
            #expect(try await rig.session.present() == bucket.store.expectedRows())
            // Behind everybody's back: five objects go, five change, five come.
            for key in Self.files.suffix(5) { try await bucket.store.delete(ObjectKey(key)) }
            try await bucket.fill(Self.files[25..<30].map { ($0, [1, 2, 3]) } + (0..<5).map { ("g/\($0)", [1]) })
            try await body(rig, bucket, weather)
        }
    }

    /// Waits for a job that the database gives.
    private func end(_ rig: Rig, _ sql: String, _ parameters: String...) async throws -> JobStatus {
        let id: Int64 = try await rig.session.connection.query(sql, parameters.map { .string($0) }).only[0]
        return try await rig.session.wait(for: id, deadline: .seconds(240))
    }

    private func expectKept(_ rig: Rig, _ sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let seen = try await rig.session.texts(
            "select filename from s3_image_cache where filename < 'f/120' and state = 'present' order by 1")
        #expect(seen == Self.kept, sourceLocation: sourceLocation)
    }

    // MARK: What passes

    @Test(arguments: PassingFault.allCases)
    func everyJobEndsWellOnceAFaultHasPassed(_ fault: PassingFault) async throws {
        try await withBucket(stall: .seconds(1)) { rig, bucket, weather in
            func begin() { weather.withLock { $0 = Weather(passing: fault) } }
            begin()
            let rebuilt = try await rig.session.wait(
                for: try await rig.session.enqueueRebuild(), deadline: .seconds(240))
            #expect(rebuilt.state == "done", "\(rebuilt)")
            #expect(["added", "updated", "removed"].map { rebuilt.count($0) } == [5, 5, 5])
            #expect(try await rig.session.present() == bucket.store.expectedRows())

            begin()
            try await rig.session.run(
                """
                insert into s3_image_cache (filename) select 'f/' || n from generate_series(125, 144) n
                on conflict (filename) do update set state = 'unverified'
                """)
            try await verify(rig)
            try await expectKept(rig)
            #expect(try await rig.session.present() == bucket.store.expectedRows())
            #expect(
                try await rig.session.texts("select filename from s3_image_cache where state = 'missing' order by 1")
                    == (135...144).map { "f/\($0)" })

            for key in ["f/120", "new"] {
                begin()
                let bytes = Array("\(key) anew".utf8)
                let uploaded = try await end(rig, "select s3cache.upload($1, convert_to($1 || ' anew', 'UTF8'))", key)
                #expect(uploaded.state == "done", "\(uploaded)")
                #expect(try await bucket.store.read(ObjectKey(key), limit: 100)?.bytes == bytes)
            }
            #expect(try await rig.session.present() == bucket.store.expectedRows())

            begin()
            let read = try await end(rig, "select s3cache.read($1)", "new")
            #expect(read.state == "done", "\(read)")
            #expect(
                try await rig.session.text(
                    "select convert_from(s3cache.content($1::text::bigint), 'UTF8')", "\(read.id)") == "new anew")

            for key in ["f/121", "new", "never"] {
                begin()
                let deleted = try await end(rig, "select s3cache.delete_object($1)", key)
                #expect(deleted.state == "done", "\(deleted)")
                #expect(try await bucket.store.head(ObjectKey(key)) == nil)
            }
            try await expectKept(rig)
            #expect(try await rig.session.present() == bucket.store.expectedRows())
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 0)
        }
    }

    /// Asks until no row is unverified: one whose HEADs all failed waits for the next look.
    private func verify(_ rig: Rig) async throws {
        for _ in 0..<10 {
            let status = try await end(rig, "select s3cache.verify()")
            #expect(status.state == "done", "\(status)")
            try await expectKept(rig)
            let left = try await rig.session.number("select count(*) from s3_image_cache where state = 'unverified'")
            if left == 0 { return }
        }
        Issue.record("rows stay unverified")
    }

    // MARK: What lasts

    @Test(arguments: LastingFault.allCases)
    func everyJobSaysWhatIsWrongChangesNothingAndGoesOnWhenItIsMended(_ fault: LastingFault) async throws {
        try await withBucket { rig, bucket, weather in
            let before = try await rig.session.dump()
            let objects = try await bucket.store.expectedRows()
            weather.withLock { $0 = Weather(lasting: fault.fault) }
            func begin(_ kind: String, _ sql: String) async throws -> Int64 {
                let id: Int64 = try await rig.session.connection.query(sql).only[0]
                var status = try await rig.session.status(of: id)
                try await waitUntil(deadline: .seconds(240), "an attempt at \(kind) fails") {
                    status = try await rig.session.status(of: id)
                    return status.error != nil || status.hasEnded
                }
                #expect(fault.isRetried ? !status.hasEnded : status.state == "failed", "\(status)")
                if status.code != nil || !fault.isRetried {
                    // Where others were refused just before, nothing is sent.
                    let isHeldBack = fault == .overloaded && status.code == "held_back"
                    #expect(isHeldBack || status.code == fault.code(of: kind), "\(kind): \(status)")
                }
                #expect(status.error?.contains(bucket.name) == true, "\(kind): \(status.error ?? "")")
                return id
            }
            var jobs = [try await begin("rebuild", "select s3cache.rebuild()")]
            #expect(try await rig.session.dump() == before)
            jobs.append(try await begin("verify", "select s3cache.verify(prefix => 'f/12')"))
            jobs.append(try await begin("read", "select s3cache.read('f/119')"))
            #expect(try await rig.session.dump() == before)
            jobs.append(try await begin("upload", "select s3cache.upload('new', 'new'::bytea)"))
            jobs.append(try await begin("upload", "select s3cache.upload('f/122', 'new'::bytea)"))
            jobs.append(try await begin("delete_object", "select s3cache.delete_object('f/123')"))
            // Rows that are doubted now are there all the same, and none is new.
            try await expectKept(rig)
            #expect(try await rig.session.filenames() == Self.files)
            #expect(try await bucket.store.expectedRows() == objects)
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 2)

            weather.withLock { $0 = Weather() }
            for (index, id) in jobs.enumerated() {
                var status = try await rig.session.status(of: id)
                if status.state == "failed" {
                    // The clock that was put wrong is put right by the first that the server refuses.
                    status = try await end(rig, "select s3cache.retry($1::text::bigint)", "\(id)")
                } else {
                    status = try await rig.session.wait(for: id, deadline: .seconds(240))
                }
                #expect(status.state == "done", "\(index): \(status)")
            }
            try await verify(rig)
            #expect(try await rig.session.present() == bucket.store.expectedRows())
            #expect(try await bucket.store.read("new", limit: 10)?.bytes == Array("new".utf8))
            #expect(try await bucket.store.read("f/122", limit: 10)?.bytes == Array("new".utf8))
            #expect(try await bucket.store.head("f/123") == nil)
            #expect(try await rig.session.number("select count(*) from s3cache.staged_content") == 0)
        }
    }

    /// The store has the bytes, but says that it may not: what the row says is looked up.
    @Test func refusalOfAWriteThatHappenedIsFoundOut() async throws {
        try await withBucket { rig, bucket, weather in
            #expect(try await rig.session.wait(for: try await rig.session.enqueueRebuild()).state == "done")
            for (sql, isGone) in [
                ("select s3cache.upload('f/122', 'new'::bytea)", false),
                ("select s3cache.delete_object('f/123')", true),
            ] {
                // Only the write: a look that fails is repeated a minute later.
                weather.withLock {
                    $0 = Weather(
                        lasting: .replace(status: 403, body: PassingFault.error("AccessDenied")),
                        strikesWritesOnly: true)
                }
                let status = try await end(rig, sql)
                #expect(status.state == "failed" && status.code == "access_denied", "\(status)")
                weather.withLock { $0 = Weather() }
                try await waitUntil("the row is looked at") {
                    try await rig.session.number("select count(*) from s3_image_cache where state = 'unverified'") == 0
                }
                #expect(try await rig.session.present() == bucket.store.expectedRows())
                #expect(
                    try await rig.session.number("select count(*) from s3_image_cache where state = 'missing'")
                        == (isGone ? 1 : 0))
            }
        }
    }
}
