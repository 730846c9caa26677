import HTTP
import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct GetTests {
    @Test func anObjectIsReadWithWhatIsKnownOfIt() async throws {
        let answer = Answer.object(
            "hello", "x-amz-meta-Colour: red", "x-amz-storage-class: GLACIER_IR", "x-amz-version-id: v1",
            "Cache-Control: no-store")
        try await Bench.use(answers: [answer]) { bench async throws in
            let object = try #require(try await bench.client.getObject("bucket", "key", limit: 5))
            #expect(object.bytes == Array("hello".utf8))
            let metadata = object.metadata
            #expect(metadata.size == 5 && metadata.etag == "e1" && metadata.lastModified == 1_700_000_000_000_000)
            #expect(metadata.contentType == "text/plain" && metadata.storageClass == "GLACIER_IR")
            #expect(
                metadata.metadata == ["colour": "red"] && metadata.versionID == "v1"
                    && metadata.cacheControl == "no-store")
            #expect(bench.requests.lines == ["GET /bucket/key"])
        }
    }

    @Test func aMissingObjectIsNilAndAMissingBucketAnError() async throws {
        try await Bench.use(answers: [Answer.error(404, "NoSuchKey"), Answer.error(404, "NoSuchBucket")]) {
            bench async throws in
            #expect(try await bench.client.getObject("bucket", "key", limit: 5) == nil)
            let error = try await s3Error { _ = try await bench.client.getObject("bucket", "key", limit: 5) }
            #expect(error?.code == .noSuchBucket)
            #expect(bench.requests.count == 2)
        }
    }

    @Test func aProxysPageIsNoMissingObject() async throws {
        let page = Answer.response(404, "<html>not found</html>")
        try await Bench.use(answers: [page]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.getObject("bucket", "key", limit: 5) }
            #expect(error?.code == .malformedResponse)
            let other = try await s3Error { try await bench.client.deleteObject("bucket", "key") }
            #expect(other?.code == .malformedResponse)
            #expect(bench.requests.lines == ["GET /bucket/key", "DELETE /bucket/key"])
        }
    }

    @Test func anAnswerWithoutAnyBodyIsAskedFurther() async throws {
        try await Bench.use(answers: [Answer.response(404, ""), Answer.head(404)]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.getObject("bucket", "key", limit: 5) }
            #expect(error?.code == .noSuchBucket)
            #expect(bench.requests.lines == ["GET /bucket/key", "HEAD /bucket"])
        }
    }

    @Test(
        "What a server says of an object is kept only if it can be true",
        arguments: [
            "etag: \(String(repeating: "e", count: 1_025))", "etag: a\u{1}b", "etag: \u{E9}",
        ])
    func hostileHeaders(header: String) async throws {
        let answer =
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nLast-Modified: Fri, 24 May 2013 00:00:00 GMT\r\n\(header)\r\n\r\nx"
        try await Bench.use(answers: [answer]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.getObject("bucket", "key", limit: 5) }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test func moreThanTheLimitIsRefusedBeforeItIsRead() async throws {
        // The body never comes.
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nETag: \"e\"\r\n\(Answer.modified)\r\n\r\n"
        try await Bench.use(answers: [head]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.getObject("bucket", "key", limit: 999_999) }
            #expect(error?.code == .tooLarge && error?.isRetryable == false)
            #expect(error?.message.contains("more than 999999 bytes") == true)
            #expect(bench.requests.count == 1)
        }
    }

    @Test func aPartIsAskedForAndChecked() async throws {
        let part = Answer.response(
            206, "ell", "ETag: \"e\"", Answer.modified, "Content-Range: bytes 1-3/5")
        try await Bench.use(answers: [part, part, Answer.object("hello"), Answer.error(416, "InvalidRange")]) {
            bench async throws in
            let client = bench.client
            let object = try await client.getObject("bucket", "key", range: .bytes(1...3), ifMatch: "e", limit: 3)
            #expect(object?.bytes == Array("ell".utf8) && object?.metadata.size == 5)
            let first = try #require(bench.requests.all.first)
            #expect(first["range"] == "bytes=1-3" && first["if-match"] == "\"e\"")
            #expect(first["authorization"]?.contains("SignedHeaders=host;range;x-amz-content-sha256;") == true)
            let body = try #require(try await client.getObject("bucket", "key", range: .last(3)))
            #expect(body.range == 1..<4 && body.length == 3)
            let whole = try await s3Error { _ = try await client.getObject("bucket", "key", range: .from(1), limit: 9) }
            #expect(whole?.code == .malformedResponse)
            let beyond = try await s3Error {
                _ = try await client.getObject("bucket", "key", range: .from(9), limit: 9)
            }
            #expect(beyond?.code == .rangeNotSatisfiable)
            #expect(
                try await s3Error { _ = try await client.getObject("b", "k", range: .from(-1)) }?.code
                    == .invalidRequest)
        }
    }

    static let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"e1\"\r\n\(Answer.modified)\r\n\r\n0123!"

    @Test func aBodyThatIsCutIsReadOn() async throws {
        let next =
            "HTTP/1.1 206 X\r\nContent-Length: 6\r\nContent-Range: bytes 4-9/10\r\nETag: \"e1\"\r\n\(Answer.modified)\r\n\r\n45!"
        let last = Answer.response(206, "6789", "Content-Range: bytes 6-9/10", "ETag: \"e1\"", Answer.modified)
        try await Bench.use(answers: [Self.cut, next, last]) { bench async throws in
            #expect(try await bench.client.getObject("bucket", "key", limit: 10)?.bytes == Array("0123456789".utf8))
            #expect(bench.requests.all.map { $0["range"] } == [nil, "bytes=4-", "bytes=6-"])
            #expect(bench.requests.all.map { $0["if-match"] } == [nil, "\"e1\"", "\"e1\""])
            #expect(bench.clock.pauses.count == 2)
        }
    }

    @Test(
        "An object that changed meanwhile is read anew",
        arguments: [
            Answer.error(412, "PreconditionFailed"), Answer.error(416, "InvalidRange"),
            Answer.object("abcdefghij", etag: "e2"),
            Answer.response(206, "6789", "Content-Range: bytes 6-9/10", "ETag: \"e1\"", Answer.modified),
            Answer.response(206, "456789", "Content-Range: bytes 4-9/10", "ETag: \"e2\"", Answer.modified),
        ])
    func changedMeanwhile(_ answer: String) async throws {
        try await Bench.use(answers: [Self.cut, answer, Answer.object("ABCDEFGHIJ", etag: "e2")]) {
            bench async throws in
            let object = try await bench.client.getObject("bucket", "key", limit: 10)
            #expect(object?.bytes == Array("ABCDEFGHIJ".utf8) && object?.metadata.etag == "e2")
            #expect(bench.requests.all.map { $0["range"] } == [nil, "bytes=4-", nil])
        }
    }

    @Test func aBodyThatIsCutEachTimeIsAnError() async throws {
        try await Bench.use(answers: [Self.cut.replacing("\"e1\"", with: "")]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.getObject("bucket", "key", limit: 10) }
            #expect(error?.code == .connectionLost && error?.isRetryable == true)
            #expect(bench.requests.count == 4)
        }
    }

    @Test func aStreamGivesEveryByteOrAnError() async throws {
        let long = String(repeating: "0123456789", count: 100_000)
        try await Bench.use(answers: [Answer.object(long), Self.cut]) { bench async throws in
            var bytes: [UInt8] = []
            let body = try #require(try await bench.client.getObject("bucket", "key"))
            for try await chunk in body { bytes += chunk }
            #expect(bytes == Array(long.utf8))
            let error = try await s3Error {
                let cut = try #require(try await bench.client.getObject("bucket", "key"))
                for try await _ in cut {}
            }
            #expect(error?.code == .connectionLost && error?.key == "key")
        }
    }

    private func contents(of bench: Bench) async throws -> String {
        var bytes: [UInt8] = []
        let reading = try #require(try await bench.client.readObject("bucket", "key"))
        #expect(reading.metadata.size == 10)
        for try await chunk in reading { bytes += chunk }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aReadingGoesOnWhereItsBodyWasCut() async throws {
        let next =
            "HTTP/1.1 206 X\r\nContent-Length: 6\r\nContent-Range: bytes 4-9/10\r\nETag: \"e1\"\r\n\(Answer.modified)\r\n\r\n45!"
        let last = Answer.response(206, "6789", "Content-Range: bytes 6-9/10", "ETag: \"e1\"", Answer.modified)
        try await Bench.use(answers: [Self.cut, next, last]) { bench async throws in
            #expect(try await contents(of: bench) == "0123456789")
            #expect(bench.requests.all.map { $0["range"] } == [nil, "bytes=4-", "bytes=6-"])
            #expect(bench.requests.all.map { $0["if-match"] } == [nil, "\"e1\"", "\"e1\""])
            #expect(bench.clock.pauses.count == 2)
        }
        try await Bench.use(answers: [Answer.error(404, "NoSuchKey")]) { bench async throws in
            #expect(try await bench.client.readObject("bucket", "key") == nil)
        }
    }

    @Test(
        "A reading ends with an error where the object has changed, and mixes nothing",
        arguments: [
            Answer.error(412, "PreconditionFailed"), Answer.error(416, "InvalidRange"), Answer.error(404, "NoSuchKey"),
            Answer.object("abcdefghij", etag: "e2"),
            Answer.response(206, "6789", "Content-Range: bytes 6-9/10", "ETag: \"e1\"", Answer.modified),
            Answer.response(206, "456789", "Content-Range: bytes 4-9/10", "ETag: \"e2\"", Answer.modified),
        ])
    func readingOfWhatChanged(_ answer: String) async throws {
        try await Bench.use(answers: [Self.cut, answer]) { bench async throws in
            let error = try await s3Error { _ = try await contents(of: bench) }
            #expect(error?.code == .connectionLost && error?.isRetryable == true)
        }
    }

    @Test func aReadingThatIsCutEachTimeIsAnError() async throws {
        let never = Self.cut.replacing("\"e1\"", with: "\"\"")
        try await Bench.use(answers: [never]) { bench async throws in
            let error = try await s3Error { _ = try await contents(of: bench) }
            #expect(error?.code == .connectionLost && bench.requests.count == 1)
        }
        let empty =
            "HTTP/1.1 206 X\r\nContent-Length: 6\r\nContent-Range: bytes 4-9/10\r\nETag: \"e1\"\r\n\(Answer.modified)\r\n\r\n!"
        try await Bench.use(answers: [Self.cut, empty]) { bench async throws in
            let error = try await s3Error { _ = try await contents(of: bench) }
            #expect(error?.code == .connectionLost && error?.isRetryable == true)
            #expect(bench.requests.count == 4)
        }
    }

    @Test(
        "A head that is not an object's is malformed",
        arguments: [
            "Content-Length: 1\r\nETag: \"e\"\r\n\r\nx",
            "Transfer-Encoding: chunked\r\n\(Answer.modified)\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "Content-Length: 1\r\nLast-Modified: yesterday\r\n\r\nx",
        ])
    func malformed(_ rest: String) async throws {
        try await Bench.use(answers: ["HTTP/1.1 200 OK\r\n" + rest]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.getObject("bucket", "key", limit: 10) }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test func contentRangesAreChecked() {
        #expect(ContentRange("bytes 0-9/10")?.range == 0..<10 && ContentRange("bytes 0-9/10")?.size == 10)
        for text in [
            "", "bytes */10", "bytes 0-9/*", "bytes 9-0/10", "bytes 0-10/10", "bytes -1/2", "lines 0-1/2",
            "bytes 0-1/2/3",
        ] {
            #expect(ContentRange(text) == nil, "\(text)")
        }
        #expect(ContentRange("bytes 0-9223372036854775807/9223372036854775807") == nil)
    }
}
