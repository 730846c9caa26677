import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// `s3cache doctor` finds what is broken, says how to mend it, and leaves no object behind.
@Suite(.timeLimit(.minutes(15))) struct DoctorTests {
    private func examine(
        _ place: BucketSite, _ variables: [String: String?] = [:], _ location: SourceLocation = #_sourceLocation
    ) async throws -> DoctorReport {
        try await DoctorReport.of(place, variables, location)
    }

    private static let steps = ["list", "write", "read", "delete"].map { "bucket of s3_image_cache: \($0)" }

    @Test func everythingPassesOnAGoodBucket() async throws {
        try await BucketSite.use { place in
            let worker = try place.startWorker()
            try await waitUntil("the worker is there") {
                try await place.session.number("select count(*) from s3cache.workers") == 1
            }
            try await waitUntil("its signing keys are there") {
                try await place.session.number("select count(distinct purpose) from s3cache.signing_key") == 2
            }
            let report = try await examine(place)
            #expect(report.ok && report.checks.allSatisfy { ["pass", "info"].contains($0.status) }, "\(report)")
            #expect(Self.steps.allSatisfy { report.status($0) == "pass" })
            #expect(report.status("s3_image_cache: URL") == "pass" && report.status("workers' settings") == "pass")
            let key = place.bucket.server.accessKey
            #expect(report.detail("credentials").contains("****\(key.suffix(4))"))
            #expect(place.proxy.count { $0.method == "PUT" } == 2 && place.proxy.count { $0.method == "DELETE" } == 4)
            #expect(try await place.keys() == [])
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            let idle = try await examine(place)
            #expect(idle.ok && idle.status("workers") == "warn" && idle.detail("workers").contains("s3cache worker"))
        }
    }

    /// The prefix is part of the permission; the probe's key lies below it.
    @Test func probeStaysBelowThePrefixOfItsCache() async throws {
        try await BucketSite.use { place in
            try await place.session.run("select s3cache.configure(prefix => 'a b/')")
            try await place.session.run("select s3cache.create_cache('second', prefix => 'c/')")
            let all = try await place.run("doctor")
            #expect(all.exit == .code(0), "\(all.output)")
            let one = try await place.run("doctor", "--cache", "second")
            #expect(one.exit == .code(0), "\(one.output)")
            let written = place.proxy.requests.filter { $0.method == "PUT" }.map(\.path)
            #expect(written.count == 3 && written[0].contains("/a%20b/.s3cache-doctor-"))
            #expect(written[1...].allSatisfy { $0.contains("/c/.s3cache-doctor-") })
            let unknown = try await place.run("doctor", "--cache", "third")
            #expect(unknown.exit == .code(1) && unknown.output.contains("FAIL  cache third"))
            #expect(try await place.keys() == [])
        }
    }

    @Test func wrongKeysMissingBucketAndClosedPortFailWithTheirFix() async throws {
        try await BucketSite.use { place in
            let closed = try ClosedPort()
            let other = try S3TestServer.rgwOther
            let wrong = try await examine(place, ["AWS_SECRET_ACCESS_KEY": "wrong"])
            #expect(wrong.failed == [Self.steps[0]] && wrong.detail(Self.steps[0]).contains("check access key id"))

            let missing = try await examine(place, ["S3_BUCKET": "no-such-bucket-here"])
            #expect(missing.failed == [Self.steps[0]])
            #expect(missing.detail(Self.steps[0]).contains("\"no-such-bucket-here\""))
            #expect(missing.detail(Self.steps[0]).contains("check its name"))

            let unreachable = try await examine(place, ["AWS_ENDPOINT_URL": "http://127.0.0.1:\(closed.number)"])
            #expect(unreachable.failed == [Self.steps[0]])
            #expect(unreachable.detail(Self.steps[0]).contains("nobody listens at 127.0.0.1:\(closed.number)"))

            let forbidden = try await examine(
                place, ["AWS_ACCESS_KEY_ID": other.accessKey, "AWS_SECRET_ACCESS_KEY": other.secretKey])
            #expect(forbidden.failed == [Self.steps[0], Self.steps[3]])
            #expect(forbidden.detail(Self.steps[0]).contains("s3:ListBucket"))
            #expect(forbidden.detail(Self.steps[3]).contains("s3:DeleteObject"))
            #expect(forbidden.status(Self.steps[1]) == "skip")

            let half = try await examine(place, ["AWS_SECRET_ACCESS_KEY": nil])
            #expect(half.failed.contains("credentials") && half.detail("credentials").contains("S3_SECRET_ACCESS_KEY"))
            let none = try await examine(place, ["S3_BUCKET": nil])
            #expect(none.failed == ["bucket of s3_image_cache"])
            #expect(none.detail("bucket of s3_image_cache").contains("set S3_BUCKET"))
            let broken = try await examine(place, ["AWS_ENDPOINT_URL": "nonsense"])
            #expect(broken.failed == ["configuration"] && broken.status("bucket") == "skip")
            #expect(broken.detail("configuration").contains("AWS_ENDPOINT_URL"))
            #expect(try await place.keys() == [])
        }
    }

    @Test(
        arguments: [
            (["s3:ListBucket", "s3:GetObject"], 3, "s3:DeleteObject"),
            (["s3:ListBucket", "s3:GetObject", "s3:DeleteObject"], 1, "s3:PutObject"),
        ])
    func keysThatMayNotDoEverythingAreToldWhatIsMissing(actions: [String], step: Int, missing: String) async throws {
        try await BucketSite.use { place in
            let other = try S3TestServer.rgwOther
            try await place.bucket.allowOther(actions)
            let report = try await examine(
                place, ["AWS_ACCESS_KEY_ID": other.accessKey, "AWS_SECRET_ACCESS_KEY": other.secretKey])
            #expect(report.status(Self.steps[0]) == "pass" && report.failed == [Self.steps[step]], "\(report)")
            #expect(report.detail(Self.steps[step]).contains("grant them \(missing)"))
            #expect(report.detail(Self.steps[step]).contains("It is needed for: "))
            #expect(try await place.keys() == [])
        }
    }

    @Test func missingDatabaseFailsOnOneLineAndTheBucketIsCheckedAllTheSame() async throws {
        try await BucketSite.use { place in
            for variables in [
                ["PGHOST": "/nowhere"], ["PGDATABASE": "no_such_database"], ["PGDATABASE": "template1"],
                ["DATABASE_URL": "postgres://nobody@127.0.0.1:1,127.0.0.1:2/x"],
            ] {
                let report = try await examine(place, variables)
                #expect(report.failed == ["database"], "\(report)")
                #expect(Self.steps.allSatisfy { report.status($0) == "pass" })
            }
            #expect(try await place.keys() == [])
        }
    }

    /// A copy may not run the jobs of its original.
    @Test func copiedDatabaseFailsWithItsFix() async throws {
        try await BucketSite.use { place in
            let original = place.site.database
            await place.session.connection.close()
            try await TestDatabase.use(installed: false) { elsewhere in
                let admin = try await elsewhere.connect()
                try await admin.execute("create database \(original.name)c template \(original.name)")
                let report = try await examine(place, ["PGDATABASE": original.name + "c"])
                try await admin.execute("drop database \(original.name)c with (force)")
                #expect(report.failed == ["home"] && report.detail("home").contains("s3cache.resume()"), "\(report)")
            }
        }
    }

    @Test func otherVersionOfTheDatabaseFailsWithItsFix() async throws {
        try await BucketSite.use { place in
            try await place.session.run(
                "create or replace function s3cache.version() returns text language sql immutable as $$ select '9.9.0' $$"
            )
            let report = try await examine(place)
            #expect(report.failed == ["database"] && report.detail("database").contains("9.9.0"), "\(report)")
            #expect(report.detail("database").contains("upgrade the older one"))
        }
    }

    @Test func workersThatWereStartedDifferentlyFailWithTheirFix() async throws {
        try await BucketSite.use { place in
            let workers = [
                try place.startWorker(), try place.startWorker(["S3_CDN_URL": "https://cdn.example.com"]),
            ]
            try await waitUntil("both are there") {
                try await place.session.number("select count(*) from s3cache.workers") == 2
            }
            let check = "workers' settings"
            let report = try await examine(place)
            #expect(report.failed.contains(check), "\(report)")
            #expect(report.detail(check).contains("start all workers with the same environment"))
            for worker in workers {
                worker.send(SIGTERM)
                #expect(try await worker.waitForExit() == .code(0))
            }
            #expect(try await place.keys() == [])
        }
    }

    @Test func writeThatFailsAfterItStoredIsTakenAway() async throws {
        try await BucketSite.use(faults: { $0.method == "PUT" ? .replace(status: 500) : .none }) { place in
            let report = try await examine(place)
            #expect(report.failed == [Self.steps[1]], "\(report)")
            #expect(report.detail(Self.steps[1]).contains("try again later"))
            #expect(try await place.keys() == [])
        }
    }

    @Test func refusedWriteIsTold() async throws {
        try await BucketSite.use(faults: { $0.method == "PUT" ? AmazonAnswer.accessDenied : .none }) { place in
            let report = try await examine(place)
            #expect(report.failed == [Self.steps[1]] && report.status(Self.steps[3]) == "skip", "\(report)")
            #expect(try await place.keys() == [])
        }
    }

    @Test(
        arguments: [
            (
                FaultProxy.Fault.replace(status: 403, body: Array("<Error><Code>AccessDenied</Code></Error>".utf8)),
                "s3:GetObject"
            ),
            (
                FaultProxy.Fault.status(404, body: Array("<Error><Code>NoSuchKey</Code></Error>".utf8)),
                "it is not there"
            ),
            (FaultProxy.Fault.body(Array("something else, of another length".utf8)), "was not read back"),
        ] as [(FaultProxy.Fault, String)])
    func readThatFailsIsToldAndTheObjectTakenAway(fault: FaultProxy.Fault, fix: String) async throws {
        try await BucketSite.use(faults: { $0.method == "GET" && $0.path.contains(".s3cache-doctor-") ? fault : .none })
        {
            place in
            let report = try await examine(place)
            #expect(report.failed == [Self.steps[2]] && report.status(Self.steps[3]) == "pass", "\(report)")
            #expect(report.detail(Self.steps[2]).contains(fix), "\(report)")
            #expect(try await place.keys() == [])
        }
    }

    @Test func whoMayNotDeleteLeavesNothingBehind() async throws {
        try await BucketSite.use(faults: { $0.method == "DELETE" ? AmazonAnswer.accessDenied : .none }) { place in
            let report = try await examine(place)
            #expect(report.failed == [Self.steps[3]] && report.status(Self.steps[1]) == "skip", "\(report)")
            #expect(report.detail(Self.steps[3]).contains("s3:DeleteObject"))
            #expect(try await place.keys() == [])
        }
    }

    /// The doctor finds out before it writes whether it may delete; this is for what changes in between.
    @Test(arguments: [false, true]) func deletionThatFailsIsToldWithTheKey(writeFailsToo: Bool) async throws {
        let written = Shared<Set<String>>([])
        try await BucketSite.use(faults: { request in
            switch request.method {
            case "DELETE": return written.value.contains(request.path) ? AmazonAnswer.accessDenied : .none
            case "PUT":
                written.withLock { _ = $0.insert(request.path) }
                return writeFailsToo ? .replace(status: 500) : .none
            default: return .none
            }
        }) { place in
            let report = try await examine(place)
            #expect(report.failed == (writeFailsToo ? [Self.steps[1], Self.steps[3]] : [Self.steps[3]]), "\(report)")
            #expect(report.detail(Self.steps[3]).contains("s3:DeleteObject"))
            let stayed = try await place.keys()
            #expect(stayed.count == 2 && stayed.contains { report.detail(Self.steps[3]).contains("\"\($0)\"") })
        }
    }

    /// Whatever it waits for.
    @Test(
        arguments: [
            ("GET", FaultProxy.Fault.stall(.afterRequest), true), ("PUT", .stall(.afterRequest), true),
            ("PUT", .stall(.beforeRequest), true), ("GET", .stall(.afterRequest), false),
        ] as [(String, FaultProxy.Fault, Bool)])
    func interruptLeavesNoObject(method: String, fault: FaultProxy.Fault, isOfProbe: Bool) async throws {
        try await BucketSite.use(faults: { request in
            request.method == method && request.path.contains(".s3cache-doctor-") == isOfProbe ? fault : .none
        }) { place in
            let doctor = try place.start("doctor")
            try await waitUntil("it is stopped") {
                place.proxy.count { $0.method == method && $0.path.contains(".s3cache-doctor-") == isOfProbe } == 1
            }
            // What the server is still busy with when the test looks would be nobody's fault.
            if method == "PUT", case .stall(.afterRequest) = fault {
                try await waitUntil("it is written") { try await !place.keys().isEmpty }
            }
            doctor.send(SIGINT)
            #expect(try await doctor.waitForExit() == .code(130), "\(doctor.standardError)")
            #expect(try await place.keys() == [])
        }
    }

    @Test func interruptThatCannotCleanUpTellsTheKey() async throws {
        let hasWritten = Shared(false)
        try await BucketSite.use(faults: { request in
            switch request.method {
            case "PUT":
                hasWritten.withLock { $0 = true }
                return .stall(.afterRequest)
            case "DELETE": return hasWritten.value ? AmazonAnswer.accessDenied : .none
            default: return .none
            }
        }) { place in
            let doctor = try place.start("doctor")
            try await waitUntil("it is stopped") { place.proxy.count { $0.method == "PUT" } == 1 }
            doctor.send(SIGINT)
            #expect(try await doctor.waitForExit() == .code(130))
            let stayed = try await place.keys()
            #expect(stayed.count == 1 && doctor.standardOutput.contains(stayed[0]), "\(doctor.standardOutput)")
        }
    }

    @Test func secondInterruptEndsItAtOnce() async throws {
        let gate = Gate()
        let hasWritten = Shared(false)
        try await BucketSite.use(faults: { request in
            if request.method == "DELETE", hasWritten.value { gate.pass() }
            if request.method == "PUT" { hasWritten.withLock { $0 = true } }
            return request.method == "PUT" ? .stall(.afterRequest) : .none
        }) { place in
            let doctor = try place.start("doctor")
            try await waitUntil("it is stopped") { place.proxy.count { $0.method == "PUT" } == 1 }
            doctor.send(SIGINT)
            try await waitUntil("it cleans up") { place.proxy.count { $0.method == "DELETE" } == 2 }
            doctor.send(SIGINT)
            #expect(try await doctor.waitForExit() == .code(130))
            gate.open()
        }
    }

    @Test func settingsThatMayNotBeReadAreTheirOwnFailure() async throws {
        try await BucketSite.use { place in
            try await place.session.run("revoke execute on function s3cache.store_settings(text) from s3cache_worker")
            try await place.session.withRole("s3cache_worker") { user in
                let report = try await examine(place, ["PGUSER": user])
                #expect(report.failed == ["caches"] && report.status("database") == "pass", "\(report)")
                #expect(report.detail("caches").contains("store_settings"))
                #expect(report.detail("caches").contains("Connect as a member of s3cache_worker"))
            }
        }
    }

    @Test func signingKeysThatAreNotThereOrEndTooSoonAreToldWithTheirFix() async throws {
        try await BucketSite.use { place in
            try await place.session.run("select s3cache.configure(bucket => $1)", place.bucket.name)
            let checks = ["presign", "upload"].map { "signing keys (\($0)) for us-east-1, the worker's own profile" }
            let idle = try await examine(place)
            #expect(idle.ok && checks.allSatisfy { idle.status($0) == "warn" }, "\(idle)")
            #expect(checks.allSatisfy { idle.detail($0).contains("s3cache worker") })
            #expect(try await place.run("worker", "--once").exit == .code(0))
            let published = try await examine(place)
            #expect(checks.allSatisfy { published.status($0) == "pass" }, "\(published)")
            #expect(checks.allSatisfy { published.detail($0) == "Published 2 days ahead." })
            // As they are two days later, when nobody has published since.
            try await place.session.run(
                "delete from s3cache.signing_key where day > (now() at time zone 'UTC')::date")
            let late = try await examine(place)
            #expect(late.ok && checks.allSatisfy { late.detail($0).contains("end before tomorrow") }, "\(late)")
            try await place.session.run("select s3cache.configure(credentials => 'unknown')")
            let worker = try place.startWorker()
            try await waitUntil("the worker refuses") { worker.standardError.contains("Signing keys cannot be") }
            let report = try await examine(place)
            let wanted = checks.map { $0.replacing("the worker's own profile", with: "profile \"unknown\"") }
            #expect(!report.ok && wanted.allSatisfy { report.status($0) == "fail" }, "\(report)")
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
        }
    }

    /// The role that the worker has is enough.
    @Test func rightsOfAWorkerSuffice() async throws {
        try await BucketSite.use { place in
            try await place.session.withRole("s3cache_worker") { user in
                let report = try await examine(place, ["PGUSER": user])
                #expect(report.ok, "\(report)")
            }
        }
    }
}
