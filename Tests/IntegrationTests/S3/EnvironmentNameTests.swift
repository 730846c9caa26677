import BucketSupport
import Core
import TestSupport
import Testing

/// Every name that the object store may have in the environment works from end to end.
@Suite(.timeLimit(.minutes(15))) struct EnvironmentNameTests {
    /// One set of names, by what they say.
    struct Names: Sendable, CustomTestStringConvertible {
        var key: String
        var secret: String
        var bucket: String
        var endpoint: String
        var region: String?
        var testDescription: String {
            [key, secret, bucket, endpoint, region ?? "no region"].joined(separator: " ")
        }
    }

    static let names = [
        Names(
            key: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY", bucket: "S3_BUCKET",
            endpoint: "AWS_ENDPOINT_URL_S3", region: "AWS_REGION"),
        Names(
            key: "AWS_ACCESS_KEY", secret: "AWS_SECRET_ACCESS_KEY", bucket: "AWS_S3_BUCKET",
            endpoint: "AWS_ENDPOINT_URL", region: "AWS_DEFAULT_REGION"),
        Names(
            key: "S3_ACCESS_KEY_ID", secret: "S3_SECRET_ACCESS_KEY", bucket: "S3_BUCKET", endpoint: "S3_SERVER_URL",
            region: "S3_REGION"),
        Names(
            key: "AWS_ACCESS_KEY_ID", secret: "S3_SECRET_ACCESS_KEY", bucket: "AWS_S3_BUCKET_NAME",
            endpoint: "AWS_S3_ENDPOINT_URL", region: "AWS_S3_REGION"),
        Names(
            key: "S3_ACCESS_KEY_ID", secret: "S3_SECRET_ACCESS_KEY", bucket: "S3_BUCKET", endpoint: "S3_SERVER_URL",
            region: nil),
    ]

    /// None of the names that a bucket's usual environment has.
    private static let none: [String: String?] = Dictionary(
        uniqueKeysWithValues: [
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_BUCKET", "AWS_ENDPOINT_URL", "AWS_REGION",
        ].map { ($0, nil) })

    @Test(arguments: names) func namesOfTheContractReachTheBucket(names: Names) async throws {
        try await BucketSite.use { place in
            try await place.bucket.store.put("there", [1])
            var variables = Self.none
            variables[names.key] = place.bucket.server.accessKey
            variables[names.secret] = place.bucket.server.secretKey
            variables[names.bucket] = place.bucket.name
            variables[names.endpoint] = place.proxy.origin
            if let region = names.region { variables[region] = "eu-north-1" }
            let rebuild = try await place.session.enqueueRebuild()
            let upload = try await place.session.number("select s3cache.upload('new', 'abc'::bytea)")
            let ended = try await place.run("worker", "--once", variables: variables)
            #expect(ended.exit == .code(0), "\(ended.errors)")
            for id in [rebuild, Int64(upload)] {
                let status = try await place.session.status(of: id)
                #expect(status.state == "done", "\(status.error ?? "")")
            }
            #expect(try await place.keys() == ["new", "there"])
            #expect(try await place.session.filenames() == ["new", "there"])
            let scope = "/\(names.region == nil ? "us-east-1" : "eu-north-1")/s3/aws4_request"
            #expect(place.proxy.count() > 1)
            #expect(place.proxy.requests.allSatisfy { $0["authorization"]?.contains(scope) == true })
        }
    }

    @Test func firstOfSeveralNamesWins() async throws {
        try await BucketSite.use { place in
            let id = try await place.session.enqueueRebuild()
            // What loses would not work.
            let ended = try await place.run(
                "worker", "--once",
                variables: [
                    "AWS_ACCESS_KEY": "wrong", "S3_ACCESS_KEY_ID": "wrong", "S3_SECRET_ACCESS_KEY": "wrong",
                    "AWS_S3_BUCKET": "wrong", "S3_SERVER_URL": "http://127.0.0.1:1", "S3_REGION": "wrong",
                ])
            #expect(ended.exit == .code(0), "\(ended.errors)")
            let status = try await place.session.status(of: id)
            #expect(status.state == "done", "\(status.error ?? "")")
        }
    }

    @Test(arguments: ["AWS_SESSION_TOKEN", "S3_SESSION_TOKEN"])
    func sessionTokenIsSentAndSigned(name: String) async throws {
        let page = "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
        try await BucketSite.use(faults: { _ in .status(200, body: Array(page.utf8)) }) { place in
            let id = try await place.session.enqueueRebuild()
            let ended = try await place.run("worker", "--once", variables: [name: "the-token"])
            #expect(ended.exit == .code(0), "\(ended.errors)")
            let status = try await place.session.status(of: id)
            #expect(status.state == "done", "\(status.error ?? "")")
            let requests = place.proxy.requests
            #expect(!requests.isEmpty)
            for request in requests {
                #expect(request["x-amz-security-token"] == "the-token")
                let signed = request["authorization"]?.split(separator: "SignedHeaders=").last
                #expect(signed?.prefix { $0 != "," }.split(separator: ";").contains("x-amz-security-token") == true)
            }
        }
    }
}
