import Testing

@testable import S3

@Suite struct EndpointTests {
    @Test(
        "Endpoints are scheme, host and port",
        arguments: [
            ("http://localhost:4566", "http://localhost:4566"), ("https://s3.example.com/", "https://s3.example.com"),
            ("HTTPS://S3.Example.COM", "https://s3.example.com"), ("http://[::1]:9000/", "http://[::1]:9000"),
            ("http://127.0.0.1", "http://127.0.0.1"), ("http://minio_1:09000", "http://minio_1:9000"),
        ])
    func endpointsAreRead(_ text: String, _ shown: String) throws {
        #expect(try S3Endpoint(text).description == shown)
    }

    @Test(
        "Everything else is refused without being shown",
        arguments: [
            "", "localhost:4566", "ftp://example.com", "https://", "https:///", "https://user:s3cr3t@example.com",
            "https://example.com/s3cr3t", "https://example.com//", "https://example.com?s3cr3t",
            "https://example.com/#s3cr3t",
            "https://example.com:", "https://example.com:0", "https://example.com:65536", "https://example.com:x",
            "https://[::1", "https://[s3cr3t]", "https://::1", "https://exa mple.com", "https://-a", "https://.a",
            "https://a..b", "https://é.example", "https://[127.0.0.1]", "https://a:+1", "s3://bucket",
        ])
    func everythingElseIsRefused(_ text: String) {
        #expect {
            try S3Endpoint(text)
        } throws: { error in
            guard let error = error as? S3Error else { return false }
            return error.code == .invalidEndpoint && error.description.contains("such as https://s3.example.com:9000")
                && !error.description.contains("s3cr3t") && !error.isRetryable
        }
    }

    @Test func awsHasAnEndpointForEachRegion() throws {
        let expected = [
            ("us-east-1", "https://s3.us-east-1.amazonaws.com"),
            ("eu-central-1", "https://s3.eu-central-1.amazonaws.com"),
            ("cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn"),
        ]
        for (region, url) in expected {
            let endpoint = try S3Endpoint(awsRegion: region)
            #expect(endpoint.description == url)
            #expect(endpoint.isAWS && endpoint.awsRegion == region)
        }
        for region in ["", "a.b", "a/b", "a b", "evil.com#", "-a", String(repeating: "a", count: 64)] {
            #expect(throws: S3Error.self) { try S3Endpoint(awsRegion: region) }
        }
        let special = [
            "https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com", "https://s3.dualstack.us-east-1.amazonaws.com",
            "http://s3.us-east-1.amazonaws.com", "https://s3.us-east-1.amazonaws.com:8443",
        ]
        for text in special {
            #expect(try S3Endpoint(text).isAWS && S3Endpoint(text).awsRegion == nil, "\(text)")
        }
        #expect(try !S3Endpoint("https://s3.us-east-1.amazonaws.com.evil.example").isAWS)
    }

    @Test(
        "Buckets are named in the host or in the path",
        arguments: [
            ("https://s3.us-east-1.amazonaws.com", S3Addressing.automatic, "bucket-1", true),
            ("https://s3.us-east-1.amazonaws.com", .automatic, "dotted.name", false),
            ("https://s3.us-east-1.amazonaws.com", .automatic, "Upper", false),
            ("https://s3.us-east-1.amazonaws.com", .automatic, "under_score", false),
            ("https://s3.us-east-1.amazonaws.com", .automatic, "ab", false),
            ("https://s3.us-east-1.amazonaws.com", .automatic, "-ab", false),
            ("https://s3.us-east-1.amazonaws.com", .path, "bucket-1", false),
            ("https://s3.example.com", .automatic, "bucket-1", false),
            ("https://s3.example.com:9000", .virtualHost, "bucket-1", true),
            ("http://127.0.0.1:9000", .virtualHost, "bucket-1", false),
            ("http://[::1]:9000", .virtualHost, "bucket-1", false),
        ])
    func addressing(_ endpoint: String, _ addressing: S3Addressing, _ bucket: String, _ isVirtual: Bool) throws {
        let server = try S3Endpoint(endpoint)
        let object = try RequestTarget(server, addressing, bucket: bucket, key: "/a//../b c")
        let whole = try RequestTarget(server, addressing, bucket: bucket, key: nil)
        if isVirtual {
            #expect(object.origin.description == endpoint.replacing("://", with: "://\(bucket)."))
            #expect(object.path.encoded == "//a//../b%20c")
            #expect(whole.path.encoded == "/")
        } else {
            #expect(object.origin == server.origin)
            #expect(object.path.encoded == "/\(bucket)//a//../b%20c")
            #expect(whole.path.encoded == "/\(bucket)")
        }
    }
}
