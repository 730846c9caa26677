import BucketSupport
import Core
import Foundation
import TestSupport
import Testing
import Worker

/// What `s3cache setup-bucket` makes of answers that only some servers give.
@Suite(.timeLimit(.minutes(15))) struct SetupBucketTests {
    /// What a server that is told its answers was asked, and what it answers to `METHOD resource`: others get 200 and nothing.
    private final class Script: Sendable {
        let requests = Shared<[String]>([])
        let answers: [String: (status: Int, body: String)]

        init(_ answers: [String: (status: Int, body: String)]) { self.answers = answers }

        private static let date = "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT"

        func answer(_ request: ServedRequest) -> String {
            let method = request.head.prefix { $0 != " " }
            let target = request.target.split(separator: "?", maxSplits: 1)
            let isObject = (target.first ?? "").split(separator: "/").count > 1
            let resource =
                isObject ? "object" : target.count > 1 ? target[1].prefix { $0 != "=" && $0 != "&" } : "bucket"
            let name = "\(method) \(resource)"
            requests.withLock { $0.append(name) }
            let (status, body) = answers[name] ?? (200, "")
            return
                "HTTP/1.1 \(status) X\r\nETag: \"e\"\r\n\(Self.date)\r\nContent-Length: \(method == "HEAD" ? 0 : body.utf8.count)\r\n\r\n"
                + (method == "HEAD" ? "" : body)
        }
    }

    private func run(
        _ answers: [String: (status: Int, body: String)], _ arguments: String...
    ) async throws -> (exit: ProcessExit, output: String, requests: [String]) {
        let script = Script(answers)
        let server = try ScriptedServer.answering { script.answer($0) }
        let environment = Self.environment(server)
        let (exit, process) = try await S3CacheProgram.run(["setup-bucket"] + arguments, environment: environment)
        #expect(process.standardError.isEmpty, "\(process.standardError)")
        #expect(!process.standardOutput.contains("s3cr3t"))
        return (exit, process.standardOutput, script.requests.value)
    }

    /// What a program finds in its environment to use the bucket `bucket` there.
    private static func environment(_ server: ScriptedServer) -> [String: String] {
        [
            "AWS_ENDPOINT_URL": server.origin, "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "s3cr3t",
            "AWS_REGION": "us-east-1", "S3_BUCKET": "bucket", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        ]
    }

    private func error(_ status: Int, _ code: String) -> (status: Int, body: String) {
        (status, "<Error><Code>\(code)</Code><Message>m</Message></Error>")
    }

    /// Nothing is set, and everything may be.
    private var plain: [String: (status: Int, body: String)] {
        [
            "GET lifecycle": error(404, "NoSuchLifecycleConfiguration"),
            "GET cors": error(404, "NoSuchCORSConfiguration"),
            "GET policy": error(404, "NoSuchBucketPolicy"), "GET location": (200, "<LocationConstraint/>"),
            "GET publicAccessBlock": error(404, "NoSuchPublicAccessBlockConfiguration"),
            "GET versioning": (200, "<VersioningConfiguration/>"),
            "GET acl": (200, "<AccessControlPolicy><AccessControlList/></AccessControlPolicy>"),
            "GET encoding-type": (
                200, "<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListBucketResult>"
            ),
            "DELETE object": (204, ""), "GET object": (200, "A probe of s3cache doctor; it may be deleted.\n"),
        ]
    }

    @Test func aCheckOfAnAbsentBucketAsksOnlyForIt() async throws {
        let (exit, output, requests) = try await run(["HEAD bucket": (404, "")], "--check-only", "--enable-versioning")
        #expect(exit == .code(1) && requests == ["HEAD bucket"] && output.contains("does not exist"))
    }

    @Test func aCheckOfABucketWritesNothing() async throws {
        let (exit, output, requests) = try await run(
            plain, "--check-only", "--enable-versioning", "--cors-origin", "https://a.example", "--cdn-distribution",
            "arn:aws:cloudfront::1:distribution/E1", "--block-public-access")
        #expect(exit == .code(0) && output.contains("missing  versioning") && output.contains("missing  policy"))
        #expect(output.contains("missing  cors") && output.contains("missing  lifecycle: archive"))
        #expect(requests.allSatisfy { $0.hasPrefix("GET ") || $0.hasPrefix("HEAD ") }, "\(requests)")
    }

    @Test func aRefusedHeadIsNotReadyAndNothingIsTried() async throws {
        for options in [["--check-only"], []] {
            let refused =
                try await options.isEmpty
                ? run(["HEAD bucket": (403, ""), "GET location": error(403, "AccessDenied")])
                : run(["HEAD bucket": (403, ""), "GET location": error(403, "AccessDenied")], options[0])
            #expect(refused.exit == .code(1) && refused.requests == ["HEAD bucket", "GET location"])
            #expect(refused.output.contains("owned by another account") && !refused.output.contains("is ready"))
        }
        let wrong = try await run(["HEAD bucket": (403, ""), "GET location": error(403, "SignatureDoesNotMatch")])
        #expect(wrong.exit == .code(1) && wrong.output.contains("check access key id"))
    }

    @Test func aNameThatSomebodyElseTookMeanwhileFailsClearly() async throws {
        let taken = try await run(["HEAD bucket": (404, ""), "PUT bucket": error(409, "BucketAlreadyExists")])
        #expect(taken.exit == .code(1) && taken.requests == ["HEAD bucket", "PUT bucket"])
        #expect(taken.output.contains("owned by another account") && taken.output.contains("choose another one"))
    }

    @Test func theFirstRegionIsNotNamedAndAnotherOneIs() async throws {
        var answers = plain
        answers["HEAD bucket"] = (404, "")
        let first = try await run(answers, "--region", "us-east-1")
        #expect(first.exit == .code(0) && first.output.contains("was created in us-east-1"), "\(first)")
        answers["PUT bucket"] = error(400, "InvalidLocationConstraint")
        let other = try await run(answers, "--region", "us-west-2")
        // Named first, and then left to the server, which goes on refusing here.
        #expect(other.exit == .code(1) && other.requests.count { $0 == "PUT bucket" } == 2)
    }

    @Test func whatTheServerDoesNotOfferFailsNothing() async throws {
        for (status, code) in [(501, "NotImplemented"), (405, "MethodNotAllowed")] {
            var answers = plain
            for resource in ["lifecycle", "cors", "policy", "versioning", "publicAccessBlock", "acl", "location"] {
                answers["GET \(resource)"] = error(status, code)
            }
            answers["PUT publicAccessBlock"] = error(status, code)
            let (exit, output, requests) = try await run(
                answers, "--enable-versioning", "--cors-origin", "https://a.example", "--cdn-distribution",
                "arn:aws:cloudfront::1:distribution/E1", "--block-public-access")
            #expect(output.count("This server does not offer it.") == 5, "\(output)")
            #expect(exit == .code(0) && output.contains("is ready."))
            #expect(requests.contains("PUT object") && requests.last == "DELETE object")
        }
    }

    /// One rule that the server does not take does not keep the other one out.
    @Test func aRefusedRuleIsToldAndTheOthersAreWritten() async throws {
        let written = Shared<[String]>([])
        let script = Script(plain)
        let server = try ScriptedServer.answering { request in
            guard request.head.hasPrefix("PUT /bucket?lifecycle") else { return script.answer(request) }
            let body = String(decoding: request.body, as: UTF8.self)
            guard body.contains("GLACIER") else {
                written.withLock { $0.append(body) }
                return "HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n"
            }
            let refusal = "<Error><Code>InvalidStorageClass</Code></Error>"
            return "HTTP/1.1 400 X\r\nContent-Length: \(refusal.utf8.count)\r\n\r\n\(refusal)"
        }
        let environment = Self.environment(server)
        let (exit, process) = try await S3CacheProgram.run(["setup-bucket"], environment: environment)
        #expect(exit == .code(1), "\(process.standardOutput)")
        #expect(process.standardOutput.contains("FAIL     lifecycle: archive"))
        #expect(process.standardOutput.contains("done     lifecycle: abort uploads"))
        #expect(written.value.count == 1 && written.value.first?.contains("s3cache-abort-uploads") == true)
    }

    @Test func interruptLeavesNoProbe() async throws {
        try await TestBucket.use(on: .rgw) { bucket in
            let proxy = try FaultProxy(upstream: bucket.server.endpoint) { request in
                request.method == "PUT" && request.path.contains(".s3cache-doctor-") ? .stall(.afterRequest) : .none
            }
            let environment = bucket.environment.merging(["AWS_ENDPOINT_URL": proxy.origin]) { _, new in new }
            let process = try S3CacheProgram.start(["setup-bucket"], environment: environment)
            try await waitUntil("the probe is written") {
                try await !bucket.store.list(ListingRequest()).objects.isEmpty
            }
            process.send(SIGINT)
            #expect(try await process.waitForExit() == .code(130), "\(process.standardError)")
            #expect(try await bucket.store.list(ListingRequest()).objects.isEmpty)
        }
    }

    @Test func dryRunIsHeeded() async throws {
        let server = try ScriptedServer.answering { _ in "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n" }
        var environment = Self.environment(server)
        environment["DRY_RUN"] = "true"
        let (exit, process) = try await S3CacheProgram.run(["setup-bucket"], environment: environment)
        #expect(exit == .code(1) && process.standardError.contains("--check-only") && server.acceptedConnections == 0)
    }
}

extension String {
    /// How often a text is in it.
    fileprivate func count(_ text: String) -> Int { components(separatedBy: text).count - 1 }
}
