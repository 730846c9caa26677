import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// What goes wrong between a worker and its bucket is told apart, said with its fix, and works after the fix, all in one
/// worker that nobody restarts.
@Suite(.timeLimit(.minutes(15))) struct CredentialErrorTests {
    /// What the proxy does to every request.
    private enum Mood: Sendable {
        case passing, expiringToken
        /// Amazon's redirect, naming this region, unless the request is signed for `eu-central-1`; then for the second one.
        case redirecting(to: String?, andThen: String?)
    }

    private static func fault(_ request: FaultProxy.Request, _ mood: Mood) -> FaultProxy.Fault {
        switch mood {
        case .passing: return .none
        case .expiringToken:
            return request["x-amz-security-token"] == nil ? .none : AmazonAnswer.expiredToken(request)
        case .redirecting(let first, let second):
            let authorization = request["authorization"] ?? ""
            if authorization.contains("/eu-central-1/s3/") { return .none }
            if let first, let second, authorization.contains("/\(first)/s3/") {
                return AmazonAnswer.wrongScope(expecting: second)
            }
            return AmazonAnswer.permanentRedirect(region: first)
        }
    }

    /// A rebuild's failure, with the parts of its text that name the fix.
    private struct Told {
        var code: String
        var text: String
    }

    private func fail(
        _ session: CacheSession, _ cache: String = "s3_image_cache", code: String, bucket: String, fix: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> (id: Int64, told: Told) {
        let id = try await session.enqueueRebuild(cache)
        // What may pass by itself waits for another attempt.
        try await waitUntil("the failure of the rebuild") {
            ["waiting", "failed"].contains(try await session.status(of: id).state)
        }
        let status = try await session.status(of: id)
        let text = status.error ?? ""
        #expect(status.code == code, "\(text)", sourceLocation: location)
        #expect(text.contains(bucket), "\(text)", sourceLocation: location)
        #expect(text.contains(fix), "\(text)", sourceLocation: location)
        return (id, Told(code: status.code ?? "", text: text))
    }

    private func retry(
        _ session: CacheSession, _ id: Int64, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        try await BucketSite.nextSecond()
        let again = try await session.number("select s3cache.retry($1::text::bigint)", "\(id)")
        let status = try await session.wait(for: Int64(again))
        #expect(status.state == "done", "\(status.error ?? "")", sourceLocation: location)
    }

    @Test func sevenFailuresAreToldApartAndPassOnceMendedWithoutARestart() async throws {
        let mood = Shared(Mood.passing)
        try await BucketSite.use(faults: { Self.fault($0, mood.value) }) { place in
            let server = place.bucket.server
            let other = try S3TestServer.rgwOther
            let session = place.session
            let closed = try ClosedPort()
            let elsewhere = "http://127.0.0.1:\(closed.number)"
            let worker = try place.startWorker(
                place.profileVariables.merging(["S3CACHE_ALLOWED_ENDPOINTS": elsewhere]) { _, new in new })
            var all: [Told] = []
            let name = place.bucket.name

            let missing = try await fail(
                session, code: "credentials_missing", bucket: name,
                fix: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
            all.append(missing.told)
            try place.writeProfile(key: server.accessKey, secret: server.secretKey)
            try await retry(session, missing.id)

            try place.writeProfile(key: server.accessKey, secret: "not-the-secret")
            try await BucketSite.nextSecond()
            let wrong = try await fail(
                session, code: "credentials_invalid", bucket: name, fix: "check access key id, secret and session token"
            )
            all.append(wrong.told)
            try place.writeProfile(key: server.accessKey, secret: server.secretKey)
            try await retry(session, wrong.id)

            mood.withLock { $0 = .expiringToken }
            try place.writeProfile(key: server.accessKey, secret: server.secretKey, token: "an-old-token")
            try await BucketSite.nextSecond()
            let expired = try await fail(session, code: "credentials_expired", bucket: name, fix: "renew them")
            all.append(expired.told)
            try place.writeProfile(key: server.accessKey, secret: server.secretKey)
            try await retry(session, expired.id)
            mood.withLock { $0 = .passing }

            try place.writeProfile(key: other.accessKey, secret: other.secretKey)
            try await BucketSite.nextSecond()
            let forbidden = try await fail(
                session, code: "access_denied", bucket: name, fix: "grant them s3:ListBucket")
            all.append(forbidden.told)
            try await place.bucket.allowOther(["s3:ListBucket"])
            try await retry(session, forbidden.id)
            try place.writeProfile(key: server.accessKey, secret: server.secretKey)
            try await BucketSite.nextSecond()

            let absent = server.uniqueBucketName()
            try await session.run("select s3cache.create_cache('absent', bucket => $1)", absent)
            let lost = try await fail(session, "absent", code: "no_such_bucket", bucket: absent, fix: "check its name")
            all.append(lost.told)
            try await TestBucket.use(on: .rgw, named: absent) { _ in try await retry(session, lost.id) }

            mood.withLock { $0 = .redirecting(to: nil, andThen: nil) }
            let redirected = try await fail(
                session, code: "wrong_region", bucket: name,
                fix: "set the region, and the endpoint, that the bucket is in")
            all.append(redirected.told)
            try await session.run("select s3cache.configure(region => 'eu-central-1')")
            try await retry(session, redirected.id)
            try await session.run("select s3cache.reset('s3_image_cache', 'region')")
            // One correction is tried; a region that is denied again is an error and no loop.
            mood.withLock { $0 = .redirecting(to: "eu-west-1", andThen: "us-west-2") }
            let before = place.proxy.count()
            let misled = try await fail(
                session, code: "wrong_region", bucket: name, fix: "set the region to us-west-2")
            #expect(place.proxy.count() == before + 2)
            try await session.run("select s3cache.configure(region => 'eu-central-1')")
            try await retry(session, misled.id)
            mood.withLock { $0 = .passing }

            try await session.run("select s3cache.create_cache('remote', bucket => $1)", name)
            try await session.run("select s3cache.configure('remote', endpoint => $1)", elsewhere)
            let unreached = try await fail(
                session, "remote", code: "endpoint_unreachable", bucket: name,
                fix: "nobody listens at 127.0.0.1:\(closed.number): check host and port")
            all.append(unreached.told)
            let opened = try FaultProxy(upstream: server.endpoint, port: closed.number)
            // It waits for its next attempt, or is at it: both end well.
            _ = try? await session.number("select s3cache.retry($1::text::bigint)", "\(unreached.id)")
            #expect(try await session.wait(for: unreached.id, deadline: .seconds(300)).state == "done")
            #expect(opened.count() > 0)

            #expect(Set(all.map(\.code)).count == 7 && Set(all.map(\.text)).count == 7)
            #expect(worker.exit == nil)
            #expect(try await session.number("select count(*) from s3cache.workers") == 1)
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            let failures = worker.standardError.split(separator: "\n").filter { $0.contains("Job failed") }
            for told in all {
                #expect(
                    failures.contains { $0.contains("code=\(told.code)") && $0.contains("kind=rebuild") }, "\(told)")
            }
        }
    }

    /// Half a configuration is not taken for the local directory, nor for no bucket.
    @Test(
        arguments: [
            (
                ["AWS_SECRET_ACCESS_KEY": nil],
                ["Missing S3 configuration", "AWS_SECRET_ACCESS_KEY or S3_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"],
                "credentials_missing"
            ),
            (
                ["AWS_ACCESS_KEY_ID": nil],
                ["Missing S3 configuration", "AWS_ACCESS_KEY_ID or AWS_ACCESS_KEY or S3_ACCESS_KEY_ID"],
                "credentials_missing"
            ),
            (
                ["S3_BUCKET": nil],
                ["Missing S3 configuration", "S3_BUCKET, AWS_S3_BUCKET or AWS_S3_BUCKET_NAME", "s3cache.configure"],
                "configuration_invalid"
            ),
            (
                ["AWS_PROFILE": "nobody", "AWS_ACCESS_KEY_ID": nil, "AWS_SECRET_ACCESS_KEY": nil], ["nobody"],
                "credentials_missing"
            ),
        ] as [([String: String?], [String], String)])
    func halfAConfigurationNamesItsVariables(
        variables: [String: String?], words: [String], code: String
    ) async throws {
        try await BucketSite.use { place in
            let id = try await place.session.enqueueRebuild()
            let ended = try await place.run("worker", "--once", variables: variables)
            #expect(ended.exit == .code(0), "\(ended.errors)")
            let status = try await place.session.status(of: id)
            #expect(status.state == "failed" && status.code == code, "\(status.error ?? "")")
            for word in words { #expect(status.error?.contains(word) == true, "\(status.error ?? "")") }
            #expect(place.proxy.count() == 0)
        }
    }
}
