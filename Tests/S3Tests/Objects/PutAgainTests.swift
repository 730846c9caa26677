import SigV4
import Testing

@testable import S3

/// Bytes whose PUT had no answer are sent again only where they are not known to be there.
@Suite(.timeLimit(.minutes(15))) struct PutAgainTests {
    private static let stored = Answer.response(200, "", "ETag: \"\(PutTests.hello)\"")

    private static var options: S3PutOptions {
        var options = S3PutOptions(contentType: "image/png")
        options.cacheControl = "max-age=60"
        options.contentDisposition = "attachment"
        options.metadata = ["Colour": "red"]
        return options
    }

    /// The object as `options` make it, written three seconds before this answer, but for these headers.
    private static func object(
        length: Int = 5, _ changes: [String: String?] = [:]
    ) -> String {
        var headers: [String: String?] = [
            "ETag": "\"\(PutTests.hello)\"", "Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT",
            "Date": "Tue, 14 Nov 2023 22:13:23 GMT", "Content-Type": "image/png", "Cache-Control": "max-age=60",
            "Content-Disposition": "attachment", "x-amz-meta-colour": "red",
        ]
        headers.merge(changes) { _, new in new }
        let lines = headers.compactMap { name, value in value.map { "\(name): \($0)" } }
        return (["HTTP/1.1 200 X", "Content-Length: \(length)"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Which methods the server got, and what came of it.
    private func put(
        _ answers: [String], before: Bool = false, age: Duration? = .seconds(1), options: S3PutOptions = Self.options
    ) async throws -> (methods: String, result: S3PutResult?, error: S3Error?) {
        try await Bench.use(answers: answers) { bench async throws in
            let bytes = Array("hello".utf8)
            let md5 = try MD5.hash(bytes)
            let earlier = S3EarlierPuts(mayHaveStored: before) { age.map { .init(md5: md5, age: $0) } }
            let digests = S3BodyDigests(sha256: try SHA256.hash(bytes), md5: md5)
            var result: S3PutResult?
            let error = try await s3Error {
                result = try await bench.client.putObject(
                    "bucket", "key", bytes, digests, options: options, earlier: earlier)
            }
            let methods = bench.requests.lines.map { String($0.prefix { $0 != " " }) }
            return (methods.joined(separator: " "), result, error)
        }
    }

    /// What is said of `object()` with a version.
    private static let found = S3PutResult(
        etag: PutTests.hello, versionID: "v3", lastModified: 1_700_000_000_000_000)

    @Test func whatIsThereAfterALostAnswerIsTakenForStored() async throws {
        for lost in ["!", Answer.error(500, "InternalError")] {
            let end = try await put([lost, Self.object(["x-amz-version-id": "v3"])])
            #expect(end.methods == "PUT HEAD" && end.result == Self.found)
        }
        let end = try await put([Self.object()], before: true)
        #expect(end.methods == "HEAD" && end.result?.etag == PutTests.hello)
    }

    @Test func nobodyLooksBeforeTheFirstRequestNorWhereNoneCanHaveHadAnEffect() async throws {
        #expect(try await put([Self.stored]).methods == "PUT")
        #expect(try await put([Answer.error(503, "SlowDown"), Self.stored]).methods == "PUT PUT")
    }

    @Test(
        "An object that differs in one respect is no proof",
        arguments: [
            ["ETag": "\"00000000000000000000000000000000\""], ["ETag": "\"\(PutTests.hello)-1\""],
            ["Content-Type": "image/jpeg"], ["Content-Type": nil], ["Cache-Control": "max-age=61"],
            ["Cache-Control": nil], ["Content-Disposition": nil], ["Content-Encoding": "gzip"],
            ["Content-Language": "en"], ["Expires": "Tue, 14 Nov 2023 22:13:23 GMT"],
            ["x-amz-meta-colour": "blue"], ["x-amz-meta-colour": nil], ["x-amz-meta-more": ""],
            ["x-amz-storage-class": "STANDARD_IA"], ["x-amz-server-side-encryption": "aws:kms"],
            // Four seconds old, where the first request is one second old; and of no known age.
            ["Last-Modified": "Tue, 14 Nov 2023 22:13:19 GMT"], ["Date": nil],
        ] as [[String: String?]])
    func differences(_ change: [String: String?]) async throws {
        let end = try await put(["!", Self.object(change), Self.stored])
        #expect(end.methods == "PUT HEAD PUT" && end.error == nil)
    }

    @Test func otherOptionsThanTheObjectHasAreSent() async throws {
        let changes: [@Sendable (inout S3PutOptions) -> Void] = [
            { $0.storageClass = "STANDARD_IA" }, { $0.encryption = .aes256 }, { $0.contentType = nil },
        ]
        for change in changes {
            var options = Self.options
            change(&options)
            #expect(try await put(["!", Self.object(), Self.stored], options: options).methods == "PUT HEAD PUT")
        }
        // What the server does of itself.
        let encrypted = Self.object(["x-amz-server-side-encryption": "AES256", "x-amz-storage-class": "STANDARD"])
        #expect(try await put(["!", encrypted]).methods == "PUT HEAD")
        var untyped = Self.options
        untyped.contentType = nil
        let usual = Self.object(["Content-Type": "binary/octet-stream"])
        #expect(try await put(["!", usual], options: untyped).methods == "PUT HEAD")
    }

    @Test func whatIsOfAnotherSizeOrAbsentOrHiddenOrNotToBeToldIsSent() async throws {
        let there = Answer.response(200)
        #expect(try await put(["!", Self.object(length: 6), Self.stored]).methods == "PUT HEAD PUT")
        #expect(try await put(["!", Answer.head(404), there, Self.stored]).methods == "PUT HEAD HEAD PUT")
        #expect(try await put(["!", Answer.head(403), Self.stored]).methods == "PUT HEAD PUT")
        #expect(try await put(["!", Self.stored], age: nil).methods == "PUT PUT")
    }

    @Test func whereTheServerCannotTellNothingIsSent() async throws {
        let end = try await put(["!", Answer.head(500)])
        #expect(end.methods == "PUT HEAD HEAD HEAD HEAD" && end.error?.code == .serverError)
        #expect(end.error?.isRetryable == true)
    }

    /// Which HEAD does not show.
    @Test func whatHasAnACLOfItsOwnIsSent() async throws {
        var options = Self.options
        options.acl = "private"
        #expect(try await put(["!", Self.stored], options: options).methods == "PUT PUT")
        #expect(try await put([Self.stored], before: true, options: options).methods == "PUT")
    }

    @Test func whatIsHeldBackBeforeAnythingWasSentSaysSo() async throws {
        let slow = Answer.error(503, "SlowDown", "Retry-After: 40")
        try await Bench.use(answers: [slow], change: { $0.retry.maximumAttempts = 1 }) { bench async throws in
            _ = try await s3Error { _ = try await bench.client.listObjects("bucket") }
            let digests = S3BodyDigests(sha256: try SHA256.hash([1]), md5: try MD5.hash([1]))
            let earlier = S3EarlierPuts(mayHaveStored: true) { .init(md5: try MD5.hash([1]), age: .seconds(1)) }
            let error = try await s3Error {
                _ = try await bench.client.putObject("bucket", "key", [1], digests, earlier: earlier)
            }
            #expect(error?.code == .heldBack)
            #expect(bench.requests.count == 1)
        }
    }

    @Test func streamedBytesAreNotSentTwiceEither() async throws {
        let source = TestSource(size: 5)
        let bytes = source.bytes(0..<5)
        let md5 = try MD5.hash(bytes)
        try await Bench.use(answers: ["!", Self.object(["ETag": "\"\(Hex.encode(md5))\""])]) { bench async throws in
            let earlier = S3EarlierPuts(mayHaveStored: false) { .init(md5: md5, age: .seconds(1)) }
            // The request itself need not know their MD5.
            let result = try await bench.client.putObject(
                "bucket", "key", from: source, S3BodyDigests(sha256: try SHA256.hash(bytes)), options: Self.options,
                earlier: earlier)
            #expect(result.etag == Hex.encode(md5) && bench.requests.count == 2)
        }
    }
}
