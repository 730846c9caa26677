import SigV4
import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct PutTests {
    // The MD5 of "hello".
    static let hello = "5d41402abc4b2a76b9719d911017c592"

    @Test func bytesAreSentWithTheirHashesAndOptions() async throws {
        try await Bench.use(answers: [Answer.response(200, "", "ETag: \"\(Self.hello)\"", "x-amz-version-id: v2")]) {
            bench async throws in
            var options = S3PutOptions(contentType: "image/png")
            options.cacheControl = "max-age=60"
            options.contentDisposition = "attachment; filename=\"a.png\""
            options.metadata = ["Colour": "red", "note": ""]
            options.storageClass = "STANDARD_IA"
            options.acl = "public-read"
            let result = try await bench.client.putObject("bucket", "key", Array("hello".utf8), options: options)
            #expect(result == S3PutResult(etag: Self.hello, versionID: "v2"))
            let request = try #require(bench.requests.all.first)
            #expect(request.lines.first == "PUT /bucket/key HTTP/1.1" && request.body == Array("hello".utf8))
            #expect(
                request["x-amz-content-sha256"] == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
            #expect(request["content-md5"] == "XUFAKrxLKna5cZ2REBfFkg==" && request["content-type"] == "image/png")
            #expect(request["cache-control"] == "max-age=60" && request["x-amz-storage-class"] == "STANDARD_IA")
            #expect(
                request["content-disposition"] == "attachment; filename=\"a.png\""
                    && request["x-amz-acl"] == "public-read")
            #expect(request["x-amz-meta-colour"] == "red" && request["x-amz-checksum-sha256"] == nil)
            #expect(request["if-none-match"] == nil && request["expect"] == nil)
            #expect(
                request["authorization"]?.contains(
                    "SignedHeaders=content-md5;content-type;host;x-amz-acl;x-amz-content-sha256;x-amz-date;x-amz-meta-colour;"
                        + "x-amz-meta-note;x-amz-security-token;x-amz-storage-class,") == true)
        }
    }

    @Test func whatTheServerStoredIsCompared() async throws {
        let other = "ETag: \"\(String(Self.hello.reversed()))\""
        let answers = [
            Answer.response(200, "", other), Answer.response(200, "", "ETag: \"\(Self.hello.uppercased())\""),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            try await bench.client.putObject("bucket", "key", Array("hello".utf8))
            #expect(bench.requests.count == 2)
        }
        try await Bench.use(answers: [Answer.response(200, "", other)]) { bench async throws in
            let error = try await s3Error { try await bench.client.putObject("bucket", "key", Array("hello".utf8)) }
            #expect(error?.code == .checksumMismatch && bench.requests.count == 4)
        }
    }

    @Test(
        "An etag that is no MD5 is believed",
        arguments: [
            ["ETag: \"abc-2\""], ["ETag: opaque"],
            ["ETag: \"00000000000000000000000000000000\"", "x-amz-server-side-encryption: aws:kms"],
            [
                "ETag: \"00000000000000000000000000000000\"", "x-amz-server-side-encryption-customer-algorithm: AES256",
            ],
        ])
    func opaqueEtags(_ headers: [String]) async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + headers.joined(separator: "\r\n") + "\r\n\r\n"
        try await Bench.use(answers: [answer]) { bench async throws in
            try await bench.client.putObject("bucket", "key", Array("hello".utf8))
            #expect(bench.requests.count == 1)
        }
    }

    @Test func withoutAnEtagNothingIsAcknowledged() async throws {
        try await Bench.use(answers: [Answer.response(200)]) { bench async throws in
            let error = try await s3Error { try await bench.client.putObject("bucket", "key", []) }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test func anUploadIsRepeatedWithTheSameBytes() async throws {
        let answers = ["!", Answer.error(503, "SlowDown"), Answer.response(200, "", "ETag: \"\(Self.hello)\"")]
        try await Bench.use(answers: answers) { bench async throws in
            try await bench.client.putObject("bucket", "key", Array("hello".utf8))
            #expect(bench.requests.all.allSatisfy { $0.body == Array("hello".utf8) } && bench.requests.count >= 3)
        }
    }

    @Test func anOwnEarlierAttemptIsNotInTheWay() async throws {
        var options = S3PutOptions()
        options.onlyIfAbsent = true
        let taken = Answer.error(412, "PreconditionFailed")
        let mine = Answer.head(200, length: 5, "ETag: \"\(Self.hello)\"", Answer.modified)
        let other = Answer.head(200, length: 5, "ETag: \"0\"", Answer.modified)
        for (answers, isMine) in [
            ([Answer.error(500, "InternalError"), taken, mine], true),
            ([Answer.error(500, "InternalError"), taken, other], false),
        ] {
            try await Bench.use(answers: answers) { [options] bench async throws in
                let error = try await s3Error {
                    try await bench.client.putObject("bucket", "k", Array("hello".utf8), options: options)
                }
                #expect(error?.code == (isMine ? nil : .preconditionFailed))
                #expect(bench.requests.count == 3 && bench.requests.all.first?["if-none-match"] == "*")
            }
        }
        try await Bench.use(answers: [taken]) { [options] bench async throws in
            let error = try await s3Error { try await bench.client.putObject("bucket", "k", [], options: options) }
            #expect(error?.code == .preconditionFailed && bench.requests.count == 1)
        }
    }

    @Test func awsGetsAChecksumToo() throws {
        let http = try Bench.idleHTTP()
        let client = try S3Client(http: http, credentials: RotatingCredentials("AKIA"), settings: S3ClientSettings())
        #expect(client.endpoint.isAWS && client.endpoint.description == "https://s3.us-east-1.amazonaws.com")
        let call = try client.putCall("bucket", "key", Array("hello".utf8), S3PutOptions())
        let sum = call.headers.first { $0.name == "x-amz-checksum-sha256" }
        #expect(sum?.value == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=")
    }

    @Test("Options that cannot be sent are refused") func options() async throws {
        let changes: [@Sendable (inout S3PutOptions) -> Void] = [
            { $0.contentType = "a\r\nx-evil: 1" }, { $0.contentType = "" }, { $0.cacheControl = "é" },
            { $0.acl = " a" },
            { $0.contentDisposition = "filename=ü" }, { $0.storageClass = "a\u{0}" }, { $0.metadata = ["": "a"] },
            { $0.metadata = ["a b": "a"] }, { $0.metadata = ["a:": "a"] }, { $0.metadata = ["é": "a"] },
            { $0.metadata = ["a": "ü"] }, { $0.metadata = ["a": "b\nc"] }, { $0.metadata = ["a": "1", "A": "2"] },
            { $0.metadata = ["a": String(repeating: "x", count: 2_048)] },
        ]
        try await Bench.use(answers: [Answer.response(200, "", "ETag: \"e\"")]) { bench async throws in
            for change in changes {
                var options = S3PutOptions()
                change(&options)
                let sent = options
                let error = try await s3Error { try await bench.client.putObject("bucket", "key", [], options: sent) }
                #expect(error?.code == .invalidRequest, "\(sent)")
            }
            #expect(bench.requests.count == 0)
        }
    }
}
