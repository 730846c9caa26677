import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// Who may configure a cache does not thereby get the worker's signed requests, nor other credentials of its machine.
@Suite(.timeLimit(.minutes(15))) struct AllowListTests {
    private func rebuild(_ place: BucketSite, _ variables: [String: String?] = [:]) async throws -> JobStatus {
        let id = try await place.session.enqueueRebuild()
        let ended = try await place.run("worker", "--once", variables: variables)
        #expect(ended.exit == .code(0), "\(ended.errors)")
        return try await place.session.status(of: id)
    }

    @Test func endpointThatIsNotAllowedIsNeverAsked() async throws {
        try await BucketSite.use { place in
            let foreign = try FaultProxy(upstream: place.bucket.server.endpoint)
            try await place.session.run("select s3cache.configure(endpoint => $1)", foreign.origin)
            for allowed in [
                nil, "https://example.com", "http://127.0.0.1", "http://127.0.0.1:1 http://localhost:\(foreign.port)",
            ] {
                let status = try await rebuild(place, ["S3CACHE_ALLOWED_ENDPOINTS": allowed])
                #expect(status.state == "failed" && status.code == "configuration_invalid", "\(status.error ?? "")")
                #expect(status.error?.contains("S3CACHE_ALLOWED_ENDPOINTS") == true, "\(status.error ?? "")")
                #expect(status.error?.contains(foreign.origin) == true, "\(status.error ?? "")")
            }
            let read = try await place.run("get", "a")
            #expect(read.exit == .code(1) && read.errors.contains("S3CACHE_ALLOWED_ENDPOINTS"))
            #expect(foreign.acceptedConnections == 0 && place.proxy.acceptedConnections == 0)

            let status = try await rebuild(
                place, ["S3CACHE_ALLOWED_ENDPOINTS": "https://example.com, \(foreign.origin)/"])
            #expect(status.state == "done", "\(status.error ?? "")")
            #expect(foreign.count() > 0 && place.proxy.acceptedConnections == 0)
        }
    }

    @Test func profileThatIsNotAllowedIsNeverUsed() async throws {
        try await BucketSite.use { place in
            let server = place.bucket.server
            let text = """
                [mine]
                aws_access_key_id = \(server.accessKey)
                aws_secret_access_key = \(server.secretKey)
                """
            try place.files.write(Array(text.utf8), to: "credentials")
            var variables: [String: String?] = [
                "AWS_SHARED_CREDENTIALS_FILE": place.files.path(of: "credentials"),
                "AWS_ACCESS_KEY_ID": "not-used", "AWS_SECRET_ACCESS_KEY": "not-used",
            ]
            try await place.session.run("select s3cache.configure(credentials => 'mine')")
            for allowed in [nil, "yours", "mine2 min"] {
                variables["S3CACHE_ALLOWED_PROFILES"] = allowed
                let status = try await rebuild(place, variables)
                #expect(status.state == "failed" && status.code == "configuration_invalid", "\(status.error ?? "")")
                #expect(status.error?.contains("S3CACHE_ALLOWED_PROFILES") == true, "\(status.error ?? "")")
            }
            #expect(place.proxy.acceptedConnections == 0)
            variables["S3CACHE_ALLOWED_PROFILES"] = "yours,mine"
            let status = try await rebuild(place, variables)
            #expect(status.state == "done", "\(status.error ?? "")")
        }
    }

    /// What a live worker has in its environment applies in SQL too, below every setting and for as long as it lives.
    @Test func defaultsOfALiveWorkerShowWhereACacheSaysNothing() async throws {
        try await BucketSite.use { place in
            let shown = """
                select concat_ws('|', bucket, endpoint, region, cdn_url, extract(epoch from presign_ttl)::int,
                    extract(epoch from presign_reuse)::int) from s3cache.cache where name = 's3_image_cache'
                """
            let nothing = try await place.session.text(shown)
            let worker = try place.startWorker([
                "AWS_REGION": "eu-west-3", "S3_CDN_URL": "https://cdn.example.com",
                "S3_PRESIGNED_URL_EXPIRATION": "7200", "S3_PRESIGNED_URL_CACHE_TIMEOUT": "600",
            ])
            let published = "\(place.bucket.name)|\(place.proxy.origin)|eu-west-3|https://cdn.example.com|7200|600"
            try await waitUntil("the worker's defaults show") { try await place.session.text(shown) == published }

            try await place.session.run(
                """
                select s3cache.configure(bucket => 'mine', endpoint => 'https://s3.example.com', region => 'us-west-1',
                    cdn_url => 'https://own.example.com', presign_ttl => '30 min', presign_reuse => '20 min')
                """)
            #expect(
                try await place.session.text(shown)
                    == "mine|https://s3.example.com|us-west-1|https://own.example.com|1800|1200")
            for setting in ["bucket", "endpoint", "region", "cdn_url", "presign_ttl", "presign_reuse"] {
                try await place.session.run("select s3cache.reset('s3_image_cache', $1)", setting)
            }
            #expect(try await place.session.text(shown) == published)

            let kept = try await place.session.texts("select row_to_json(w)::text from s3cache.worker w").joined()
            #expect(!kept.contains(place.bucket.server.secretKey) && !kept.contains(place.bucket.server.accessKey))
            worker.send(SIGTERM)
            #expect(try await worker.waitForExit() == .code(0))
            #expect(try await place.session.text(shown) == nothing)

            // One that is killed says no goodbye; its lease ends.
            let killed = try place.startWorker(options: ["--lease", "1"])
            try await waitUntil("the worker's defaults show") { try await place.session.text(shown) != nothing }
            killed.kill()
            try await waitUntil("the lease ends") { try await place.session.text(shown) == nothing }
        }
    }
}
