import BucketSupport
import Core
import Foundation
import TestSupport
import Testing

/// What `s3cache doctor` says of buckets that work, and are open, expensive or not delivered all the same.
@Suite(.timeLimit(.minutes(15))) struct DoctorBucketTests {
    private func examine(
        _ place: BucketSite, _ variables: [String: String?] = [:], _ location: SourceLocation = #_sourceLocation
    ) async throws -> DoctorReport {
        try await DoctorReport.of(place, variables, location)
    }

    private static let acl = """
        <AccessControlPolicy><AccessControlList><Grant><Grantee><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>\
        </Grantee><Permission>PERMISSION</Permission></Grant></AccessControlList></AccessControlPolicy>
        """

    @Test func publiclyWritableBucketFailsAndAReadableOneIsTold() async throws {
        let permission = Shared("WRITE")
        try await BucketSite.use(faults: { request in
            guard request.method == "GET", request.query.hasPrefix("acl") else { return .none }
            return .body(Array(Self.acl.replacing("PERMISSION", with: permission.value).utf8))
        }) { place in
            let open = try await examine(place)
            #expect(open.failed == ["bucket of s3_image_cache: public access"], "\(open)")
            #expect(open.detail("public access").contains("--block-public-access"))
            permission.withLock { $0 = "READ" }
            let readable = try await examine(place)
            #expect(readable.ok && readable.status("public access") == "warn")
            try await place.session.run("select s3cache.configure(access => 'public')")
            #expect(try await examine(place).status("public access") == "pass")
        }
    }

    @Test func whereTheAccessLogIsKeptIsTold() async throws {
        let body =
            "<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket></LoggingEnabled></BucketLoggingStatus>"
        try await BucketSite.use(faults: { $0.query.hasPrefix("logging") ? .body(Array(body.utf8)) : .none }) { place in
            let report = try await examine(place)
            #expect(report.status("access log") == "pass" && report.detail("access log").contains("\"logs\""))
        }
        try await BucketSite.use { place in
            let report = try await examine(place)
            #expect(report.status("access log") == "info" && report.detail("access log").hasPrefix("Off"))
        }
    }

    @Test func forgottenUploadsAreCounted() async throws {
        let upload = { (key: String, start: String) in
            "<Upload><Key>\(key)</Key><UploadId>id-\(key)</UploadId><Initiated>\(start)</Initiated></Upload>"
        }
        let body =
            "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>" + upload("a", "2024-01-01T00:00:00.000Z")
            + upload("b", "2024-01-01T00:00:00.000Z") + upload("c", "2999-01-01T00:00:00.000Z")
            + "</ListMultipartUploadsResult>"
        try await BucketSite.use(faults: { $0.query.contains("uploads") ? .body(Array(body.utf8)) : .none }) { place in
            let report = try await examine(place)
            #expect(report.ok && report.status("unfinished uploads") == "warn", "\(report)")
            #expect(report.detail("unfinished uploads").hasPrefix("2 uploads"))
            #expect(report.detail("unfinished uploads").contains("--abort-after"))
        }
    }

    @Test func presignCredentialThatCanWriteFailsAndAReadOnlyOneDoesNot() async throws {
        try await BucketSite.use { place in
            let other = try S3TestServer.rgwOther
            try place.writeProfile(key: other.accessKey, secret: other.secretKey)
            let variables: [String: String?] = [
                "S3CACHE_PRESIGN_PROFILE": "default",
                "AWS_SHARED_CREDENTIALS_FILE": place.files.path(of: "credentials"),
            ]
            let check = "bucket of s3_image_cache: presign credential"
            #expect(try await examine(place).status(check) == "info")
            for (actions, isRefused) in [
                (["s3:GetObject"], false), (["s3:GetObject", "s3:PutObject"], true),
                (["s3:GetObject", "s3:DeleteObject"], true),
            ] {
                try await place.bucket.allowOther(actions)
                let report = try await examine(place, variables)
                #expect(report.failed == (isRefused ? [check] : []), "\(actions): \(report)")
                #expect(isRefused ? report.detail(check).contains("s3:GetObject only") : report.status(check) == "pass")
                #expect(try await place.keys() == [])
            }
        }
    }

    /// What it says is enough for itself is enough.
    @Test func rightsThatItNamesForItselfAreEnough() async throws {
        try await BucketSite.use { place in
            let other = try S3TestServer.rgwOther
            let feature = IAMFeature.doctor
            try await place.bucket.allowOther(["s3:ListBucket"] + feature.bucketActions + feature.objectActions)
            let report = try await examine(
                place, ["AWS_ACCESS_KEY_ID": other.accessKey, "AWS_SECRET_ACCESS_KEY": other.secretKey])
            #expect(report.ok, "\(report)")
            #expect(try await place.keys() == [])
        }
    }

    @Test func whatTheCDNDoesWithAnObjectIsTold() async throws {
        let answer = Shared((status: 200, body: "A probe of s3cache doctor; it may be deleted.\n"))
        let asked = Shared<[String]>([])
        let cdn = try ScriptedServer.answering { request in
            asked.withLock { $0.append(request.target) }
            let (status, body) = answer.value
            return "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let check = "bucket of s3_image_cache: URL"
        try await BucketSite.use { place in
            try await place.session.run("select s3cache.configure(cdn_url => '\(cdn.origin)', prefix => 'a b/')")
            let good = try await examine(place)
            #expect(good.ok && good.status(check) == "pass", "\(good)")
            #expect(asked.value.allSatisfy { $0.hasPrefix("/a%20b/.s3cache-doctor-") } && asked.value.count == 2)
            for (status, body, text) in [
                (403, "", "--cdn-distribution"), (404, "", "lead to this bucket"), (500, "", "status 500"),
                (200, "a page", "is not the object"),
            ] {
                answer.withLock { $0 = (status, body) }
                let report = try await examine(place)
                #expect(report.failed == [check] && report.detail(check).contains(text), "\(report)")
            }
            let closed = try ClosedPort()
            try await place.session.run("select s3cache.configure(cdn_url => 'http://127.0.0.1:\(closed.number)')")
            let report = try await examine(place)
            #expect(report.failed == [check] && report.detail(check).contains("check cdn_url"), "\(report)")
            #expect(try await place.keys() == [])
        }
    }

    @Test func publicURLOfAPrivateBucketFails() async throws {
        try await BucketSite.use { place in
            try await place.session.run(
                "select s3cache.configure(access => 'public', endpoint => $1, bucket => $2)", place.proxy.origin,
                place.bucket.name)
            let report = try await examine(place)
            let check = "bucket of s3_image_cache: URL"
            #expect(report.failed == [check] && report.detail(check).contains("set access to private"), "\(report)")
        }
    }

    @Test func fiveTroublesHaveFiveSentencesThatNameTheBucketAndTheFix() async throws {
        let list = "bucket of s3_image_cache: list"
        try await BucketSite.use { place in
            let other = try S3TestServer.rgwOther
            let name = place.bucket.name
            let missing = try await examine(place, ["AWS_ACCESS_KEY_ID": nil, "AWS_SECRET_ACCESS_KEY": nil])
            let wrong = try await examine(place, ["AWS_SECRET_ACCESS_KEY": "wrong"])
            let forbidden = try await examine(
                place, ["AWS_ACCESS_KEY_ID": other.accessKey, "AWS_SECRET_ACCESS_KEY": other.secretKey])
            let absent = try await examine(place, ["S3_BUCKET": name + "x"])
            let sentences = [missing, wrong, forbidden, absent].map { $0.detail(list) }
            #expect(Set(sentences).count == 4 && sentences.allSatisfy { $0.contains(name) }, "\(sentences)")
            for (sentence, fix) in zip(
                sentences,
                ["set AWS_ACCESS_KEY_ID", "check access key id", "grant them s3:ListBucket", "check its name"])
            {
                #expect(sentence.contains(fix), "\(sentence)")
            }
        }
        let elsewhere = "<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>"
        try await BucketSite.use(faults: { _ in .status(301, body: Array(elsewhere.utf8)) }) { place in
            let report = try await examine(place)
            #expect(report.failed == [list] && report.detail(list).contains(place.bucket.name), "\(report)")
            #expect(report.detail(list).contains("set the region, and the endpoint"))
        }
    }

    @Test func policiesOfFeaturesAreJSONThatNamesTheBucket() async throws {
        for feature in IAMFeature.allCases {
            let (exit, process) = try await S3CacheProgram.run(
                ["doctor", "--iam", feature.rawValue, "--bucket", "shop", "--prefix", "cache/"], environment: [:])
            #expect(exit == .code(0), "\(process.standardError)")
            let policy = try JSONDecoder().decode(JSONValue.self, from: Data(process.standardOutput.utf8))
            #expect(policy == feature.policy(bucket: "shop", prefix: "cache/"))
            #expect(policy["Version"] == .string("2012-10-17") && policy["Statement"]?.elements.isEmpty == false)
        }
        let archive = IAMFeature.archive.policy(bucket: "shop", prefix: "cache/")["Statement"]?.elements ?? []
        #expect(archive.contains { $0["Resource"] == .string("arn:aws:s3:::shop/cache/*") })
        for arguments in [
            ["--iam", "nothing"], ["--iam", "upload"], ["--prefix", "x"], ["--iam", "upload", "--cache", "c"],
        ] {
            let (exit, _) = try await S3CacheProgram.run(["doctor"] + arguments, environment: [:])
            #expect(exit == .code(2), "\(arguments)")
        }
    }
}
