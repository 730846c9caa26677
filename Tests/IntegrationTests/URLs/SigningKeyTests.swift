import BucketSupport
import Core
import TestSupport
import Testing

/// A worker publishes what SQL signs with, and a real server takes the URLs.
@Suite(.timeLimit(.minutes(15))) struct SigningKeyTests {
    @Test func urlsOfPublishedKeysGiveTheBytes() async throws {
        let server = try S3TestServer.rgw
        try await KeyringRig.use(profiles: KeyringRig.profile(server)) { place in
            let keys = ["a.png", "1/a b+c%2F.png", "ü/é?x=1&y#z.png", "日本語"]
            for key in keys {
                try await place.bucket.store.put(ObjectKey(key), Array(key.utf8))
                let url = try await place.url(key, signedBy: server)
                let got = try await Web.get(url)
                #expect(got.status == 200 && got.bytes == Array(key.utf8), "\(key): \(got.status)")
            }
            let put = try await Web.put(
                try await place.uploadURL("new.png", type: "image/png"), [1, 2, 3], contentType: "image/png")
            #expect(put.status == 200)
            #expect(try await place.bucket.store.get("new.png", limit: 3) == [1, 2, 3])
        }
    }

    /// Whoever compares URLs sees no difference between a cache's presign modes.
    @Test func sqlAndWorkerSignTheSameURLInTheSameSecond() async throws {
        let server = try S3TestServer.rgw
        try await KeyringRig.use(profiles: KeyringRig.profile(server)) { place in
            for key in ["a", "1/ü b+c%2F~.png", "?x=1&y#z", "日本語/'\"<>", "//a/../b", "*!()"] {
                _ = try await place.url(key, signedBy: server)
                try await waitUntil("both sign in one second") {
                    let bySQL = try await place.rig.session.text(
                        "select s3cache.presigned_url($1, expires => '600 s', force_refresh => true)", key)
                    let byWorker = try await place.bucket.store.presignedURL(of: ObjectKey(key), lifetime: 600)
                    return bySQL == byWorker.text
                }
            }
        }
    }

    /// Nobody restarts anything, and at no moment there is no URL, or one that does not work.
    @Test func rotatedCredentialsTakeOverWithoutAGap() async throws {
        let server = try S3TestServer.rgw
        let other = try S3TestServer.rgwOther
        try await KeyringRig.use(profiles: KeyringRig.profile(server)) { place in
            try await place.bucket.allowOther(["s3:GetObject"])
            try await place.bucket.store.put("a.png", [7])
            _ = try await place.url("a.png", signedBy: server)
            for next in [other, server] {
                try place.write(KeyringRig.profile(next))
                try await waitUntil("the new credentials sign") {
                    let url = try #require(try await place.url("a.png"))
                    let got = try await Web.get(url)
                    #expect(got.status == 200 && got.bytes == [7])
                    return url.contains("X-Amz-Credential=\(next.accessKey)%2F")
                }
            }
            try await waitUntil("nothing is left of the old ones") {
                try await place.rig.session.texts("select distinct access_key_id from s3cache.signing_key")
                    == [server.accessKey]
            }
        }
    }

    @Test func newTokenOfTheSameKeyIsInTheNextURLs() async throws {
        let server = try S3TestServer.rgw
        try await KeyringRig.use(profiles: KeyringRig.profile(server, token: "first/token")) { place in
            try await waitUntil("the first token") {
                try await place.url("a")?.contains("&X-Amz-Security-Token=first%2Ftoken&") ?? false
            }
            try place.write(KeyringRig.profile(server, token: "second"))
            try await waitUntil("the second token") {
                let url = try #require(try await place.url("a"))
                return url.contains("&X-Amz-Security-Token=second&")
            }
        }
    }

    @Test func readingAndUploadingAreSignedByTheProfilesNamedForThem() async throws {
        let server = try S3TestServer.rgw
        let other = try S3TestServer.rgwOther
        let profiles = [("writer", server), ("reader", other)].map { KeyringRig.profile($1, named: $0) }
        try await KeyringRig.use(
            profiles: profiles.joined() + "[default]\naws_access_key_id = NOTUSED\naws_secret_access_key = not-used\n",
            ["S3CACHE_PRESIGN_PROFILE": "reader", "S3CACHE_UPLOAD_PROFILE": "writer"]
        ) { place in
            try await place.bucket.allowOther(["s3:GetObject"])
            try await place.bucket.store.put("a.png", [7])
            let url = try await place.url("a.png", signedBy: other)
            #expect(try await Web.get(url).bytes == [7])
            // The reader's keys write nothing, whoever gets hold of them.
            let upload = try await place.uploadURL("b", type: "image/png")
            #expect(upload.contains("X-Amz-Credential=\(server.accessKey)%2F"))
            #expect(try await Web.put(upload, [8], contentType: "image/png").status == 200)
            #expect(try await place.bucket.store.get("b", limit: 1) == [8])
            #expect(
                try await place.rig.session.number(
                    "select count(*) from s3cache.signing_key where access_key_id = 'NOTUSED'") == 0)
        }
    }

    @Test func profileThatIsNotAllowedSignsNothingAndSaysWhyOnce() async throws {
        let server = try S3TestServer.rgw
        let profiles =
            KeyringRig.profile(server) + KeyringRig.profile(server, named: "secret")
            + KeyringRig.profile(server, named: "mine")
        try await KeyringRig.use(profiles: profiles, ["S3CACHE_ALLOWED_PROFILES": "mine"]) { place in
            _ = try await place.url("a", signedBy: server)
            try await place.rig.session.run("select s3cache.configure(credentials => 'secret')")
            try await waitUntil("the worker refuses both purposes") { place.reasons.count >= 2 }
            #expect(place.reasons.allSatisfy { $0.contains("S3CACHE_ALLOWED_PROFILES") && $0.contains("\"secret\"") })
            #expect(try await place.url("a") == nil)
            let error = await #expect(throws: (any Error).self) {
                try await place.rig.session.run("select s3cache.presigned_url('a')")
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("profile secret"))
            try await place.rig.session.run("select s3cache.configure(credentials => 'mine')")
            _ = try await place.url("a", signedBy: server)
            #expect(place.reasons.count == 2)
            let profiles = try await place.rig.session.texts(
                "select distinct profile from s3cache.signing_key order by 1")
            #expect(!profiles.contains("secret"))
        }
    }

    @Test func keysOfARegionThatNoCacheUsesAreDeleted() async throws {
        let server = try S3TestServer.rgw
        try await KeyringRig.use(profiles: KeyringRig.profile(server)) { place in
            let regions = "select string_agg(distinct region, ',' order by region) from s3cache.signing_key"
            try await place.rig.session.run("select s3cache.create_cache('second', bucket => 'bucket')")
            try await place.rig.session.run("select s3cache.configure('second', region => 'eu-west-3')")
            try await waitUntil("both regions") { try await place.rig.session.text(regions) == "eu-west-3,us-east-1" }
            try await place.rig.session.run("select s3cache.drop_cache('second')")
            try await waitUntil("one region") { try await place.rig.session.text(regions) == "us-east-1" }
        }
    }

    @Test func workerThatRunsOnceLeavesURLsBehindThatWorkAndTheCommandPrintsThem() async throws {
        try await BucketSite.use { place in
            try await place.bucket.store.put("1/a b.png", [9])
            try await place.session.run("insert into s3_image_cache (filename) values ('1/a b.png'), ('2/x')")
            let none = try await place.run("urls", "1/a b.png")
            #expect(none.exit == .code(1) && none.output.isEmpty && none.errors.contains("1/a b.png has no URL"))
            let once = try await place.run("worker", "--once")
            #expect(once.exit == .code(0) && once.errors.contains("Signing keys published"), "\(once.errors)")
            #expect(once.errors.components(separatedBy: "Signing keys published").count == 3)
            let url = try #require(try await place.session.text("select s3cache.url('1/a b.png')"))
            #expect(try await Web.get(url).bytes == [9])

            let named = try await place.run("urls", "1/a b.png", "absent")
            #expect(named.exit == .code(0) && named.output.split(separator: "\n").first.map(String.init) == url)
            #expect(named.output.split(separator: "\n").count == 2)
            let prefix = try await place.run("urls", "--prefix", "1/")
            #expect(prefix.output == "1/a b.png\t\(url)\n")
            // The other one is known to be missing by now.
            #expect(try await place.run("urls").output == prefix.output)
            let json = try await place.run("urls", "1/a b.png", "--expires", "77", "--json")
            #expect(json.output.contains("X-Amz-Expires=77&") && json.output.contains("\"filename\" : \"1/a b.png\""))
            let plain = try await place.run("urls", "--public", "1/a b.png")
            #expect(plain.output == "\(place.proxy.origin)/\(place.bucket.name)/1/a%20b.png\n")
            for wrong in [
                ["urls", "a", "--prefix", "b"], ["urls", "a", "--expires", "0"],
                ["urls", "--public", "--expires", "9"],
            ] {
                let (exit, _) = try await S3CacheProgram.run(wrong, environment: place.environment())
                #expect(exit == .code(2), "\(wrong)")
            }
        }
    }
}
