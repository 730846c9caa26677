import SigV4
import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct MultipartTests {
    static let begun = Answer.response(
        200,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>bucket</Bucket>\
        <Key>key</Key><UploadId>2~a+b/c==</UploadId></InitiateMultipartUploadResult>
        """)
    static let gone = Answer.error(404, "NoSuchUpload")
    // The MD5s of "a" and "b", and the MD5 of both digests.
    static let parts = [
        S3Part(number: 1, etag: "0cc175b9c0f1b6a831c399e269772661", size: 5),
        S3Part(number: 2, etag: "92eb5ffee6ae2fec3ad71c777531578f", size: 3),
    ]
    static let whole = "96e024ba2074fe77e8e965ba43a704be-2"

    static func completed(_ etag: String) -> String {
        Answer.response(
            200,
            "<CompleteMultipartUploadResult><Bucket>bucket</Bucket><ETag>\(etag)</ETag></CompleteMultipartUploadResult>"
        )
    }

    @Test func anUploadBeginsWithWhatTheObjectIsToHave() async throws {
        try await Bench.use(answers: [Self.begun]) { bench async throws in
            var options = S3PutOptions(contentType: "image/png")
            options.cacheControl = "no-store"
            options.contentEncoding = "gzip"
            options.encryption = .kms(key: "k1")
            options.metadata = ["a": "b"]
            options.onlyIfAbsent = true
            #expect(try await bench.client.createMultipartUpload("bucket", "key", options: options) == "2~a+b/c==")
            let request = try #require(bench.requests.all.first)
            #expect(request.lines.first == "POST /bucket/key?uploads= HTTP/1.1" && request.body.isEmpty)
            #expect(request["content-type"] == "image/png" && request["cache-control"] == "no-store")
            #expect(request["content-encoding"] == "gzip" && request["x-amz-meta-a"] == "b")
            #expect(request["x-amz-server-side-encryption"] == "aws:kms")
            #expect(request["x-amz-server-side-encryption-aws-kms-key-id"] == "k1")
            #expect(request["if-none-match"] == nil)
            #expect(
                request["authorization"]?.contains(
                    "x-amz-server-side-encryption;x-amz-server-side-encryption-aws-kms-key-id,") == true)
        }
    }

    @Test(
        "An answer that names no upload begins none",
        arguments: [
            "", "<a/>", "<InitiateMultipartUploadResult/>", "<InitiateMultipartUploadResult>",
            "<InitiateMultipartUploadResult><UploadId></UploadId></InitiateMultipartUploadResult>",
            "<InitiateMultipartUploadResult><UploadId>a b</UploadId></InitiateMultipartUploadResult>",
            "<InitiateMultipartUploadResult><UploadId>a</UploadId><UploadId>b</UploadId></InitiateMultipartUploadResult>",
        ])
    func begunWithoutName(_ body: String) async throws {
        try await Bench.use(answers: [Answer.response(200, body)]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.createMultipartUpload("bucket", "key") }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test func aPartIsSentFromItsSourceWithItsHash() async throws {
        let source = TestSource(size: 5_000_000)
        let range: Range<Int64> = 1_000_001..<4_000_002
        let bytes = source.bytes(range)
        let digest = try SHA256.hash(bytes)
        try await Bench.use(answers: [Answer.response(200, "", "ETag: \"p7\"")]) { bench async throws in
            let part = try await bench.client.uploadPart(
                "bucket", "key", "2~a+b/c==", number: 7, from: source, range: range, digest: digest)
            #expect(part == S3Part(number: 7, etag: "p7", size: 3_000_001))
            let request = try #require(bench.requests.all.first)
            #expect(
                request.lines.first == "PUT /bucket/key?partNumber=7&uploadId=2~a%2Bb%2Fc%3D%3D HTTP/1.1")
            #expect(request.body == bytes && request["content-length"] == "3000001")
            #expect(request["x-amz-content-sha256"] == digest.hex && request["transfer-encoding"] == nil)
            #expect(source.ranges.allSatisfy { $0.count <= 1 << 20 } && source.ranges.count == 3)
        }
    }

    @Test func aPartThatFailsIsReadAndSentAgain() async throws {
        let source = TestSource(size: 3 << 20)
        let digest = try SHA256.hash(source.bytes(0..<source.size))
        let answers = ["!", Answer.error(500, "InternalError"), Answer.response(200, "", "ETag: \"p\"")]
        try await Bench.use(answers: answers) { bench async throws in
            let part = try await bench.client.uploadPart(
                "bucket", "key", "id", number: 1, from: source, range: 0..<source.size, digest: digest)
            #expect(part.etag == "p")
            let last = try #require(bench.requests.all.last)
            #expect(last.body == source.bytes(0..<source.size))
        }
    }

    @Test func whatTheSourceThrowsIsThrownOnce() async throws {
        let source = TestSource(size: 4 << 20, failsAt: 3 << 20)
        try await Bench.use(answers: [Answer.response(200, "", "ETag: \"p\"")]) { bench async throws in
            let digest = try SHA256.hash([])
            await #expect(throws: TestSource.Broken.self) {
                _ = try await bench.client.uploadPart(
                    "bucket", "key", "id", number: 1, from: source, range: 0..<source.size, digest: digest)
            }
            #expect(source.ranges.filter { $0.contains(3 << 20) }.count == 1)
        }
    }

    @Test func partsBecomeAnObject() async throws {
        try await Bench.use(answers: [Self.completed("&quot;\(Self.whole)&quot;"), Self.completed("")]) {
            bench async throws in
            for condition in [true, false] {
                let result = try await bench.client.completeMultipartUpload(
                    "bucket", "key", "id", Self.parts, onlyIfAbsent: condition)
                #expect(result.etag == Self.whole)
            }
            let requests = bench.requests.all
            #expect(bench.requests.lines.first == "POST /bucket/key?uploadId=id")
            #expect(requests.map { $0["if-none-match"] } == ["*", nil])
            #expect(
                String(decoding: requests.first?.body ?? [], as: UTF8.self)
                    == "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                    + "<Part><PartNumber>1</PartNumber><ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag></Part>"
                    + "<Part><PartNumber>2</PartNumber><ETag>&quot;92eb5ffee6ae2fec3ad71c777531578f&quot;</ETag></Part>"
                    + "</CompleteMultipartUpload>")
        }
    }

    @Test func anErrorAfterASuccessfulStatusIsAnError() async throws {
        let late = Answer.response(
            200, "\n \n<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>")
        try await Bench.use(answers: [late, Self.completed("e-2")]) { bench async throws in
            let result = try await bench.client.completeMultipartUpload("bucket", "key", "id", Self.parts)
            #expect(result.etag == "e-2" && bench.requests.count == 2)
        }
        try await Bench.use(answers: [Answer.error(200, "InvalidPart")]) { bench async throws in
            let error = try await s3Error {
                try await bench.client.completeMultipartUpload("bucket", "key", "id", Self.parts)
            }
            #expect(error?.code == .checksumMismatch)
        }
        try await Bench.use(answers: [Answer.response(200, "<html/>")]) { bench async throws in
            let error = try await s3Error {
                try await bench.client.completeMultipartUpload("bucket", "key", "id", Self.parts)
            }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test("An upload that is gone has succeeded only if the object is what its parts make")
    func goneUploads() async throws {
        let made = Answer.head(200, length: 8, "ETag: \"\(Self.whole)\"", Answer.modified)
        let others = [
            Answer.head(200, length: 9, "ETag: \"\(Self.whole)\"", Answer.modified),
            Answer.head(200, length: 8, "ETag: \"96e024ba2074fe77e8e965ba43a704b0-2\"", Answer.modified),
            Answer.head(404),
        ]
        try await Bench.use(answers: [Answer.error(500, "InternalError"), Self.gone, made]) { bench async throws in
            let result = try await bench.client.completeMultipartUpload("bucket", "key", "id", Self.parts)
            #expect(result.etag == Self.whole && bench.requests.lines.last == "HEAD /bucket/key")
        }
        for other in others {
            try await Bench.use(answers: [Self.gone, other, Answer.head(200)]) { bench async throws in
                let error = try await s3Error {
                    try await bench.client.completeMultipartUpload("bucket", "key", "id", Self.parts)
                }
                #expect(error?.code == .noSuchUpload && error?.isRetryable == false)
            }
        }
        // Etags that are no MD5s say nothing.
        try await Bench.use(answers: [Self.gone, made]) { bench async throws in
            let parts = [S3Part(number: 1, etag: "opaque", size: 8)]
            let error = try await s3Error {
                try await bench.client.completeMultipartUpload("bucket", "key", "id", parts)
            }
            #expect(error?.code == .noSuchUpload && bench.requests.count == 1)
        }
    }

    @Test func anOwnEarlierCompletionIsNotInTheWay() async throws {
        let made = Answer.head(200, length: 8, "ETag: \"\(Self.whole)\"", Answer.modified)
        let taken = Answer.error(412, "PreconditionFailed")
        try await Bench.use(answers: [Answer.error(500, "InternalError"), taken, made]) { bench async throws in
            let result = try await bench.client.completeMultipartUpload(
                "bucket", "key", "id", Self.parts, onlyIfAbsent: true)
            #expect(result.etag == Self.whole)
        }
        try await Bench.use(answers: [taken]) { bench async throws in
            let error = try await s3Error {
                try await bench.client.completeMultipartUpload("bucket", "key", "id", Self.parts, onlyIfAbsent: true)
            }
            #expect(error?.code == .preconditionFailed && bench.requests.count == 1)
        }
    }

    @Test func anUploadIsAbortedUntilNothingIsLeft() async throws {
        let one =
            "<ListPartsResult><Part><PartNumber>1</PartNumber><ETag>e</ETag><Size>5</Size></Part></ListPartsResult>"
        let answers = [Answer.response(204), Answer.response(200, one), Answer.response(204), Self.gone]
        try await Bench.use(answers: answers) { bench async throws in
            try await bench.client.abortMultipartUpload("bucket", "key", "id")
            #expect(
                bench.requests.lines == [
                    "DELETE /bucket/key?uploadId=id", "GET /bucket/key?max-parts=1&uploadId=id",
                    "DELETE /bucket/key?uploadId=id", "GET /bucket/key?max-parts=1&uploadId=id",
                ])
        }
        try await Bench.use(answers: [Self.gone]) { bench async throws in
            try await bench.client.abortMultipartUpload("bucket", "key", "id")
            #expect(bench.requests.count == 1)
        }
        try await Bench.use(script: { $0.isMultiple(of: 2) ? Answer.response(204) : Answer.response(200, one) }) {
            bench async throws in
            let error = try await s3Error { try await bench.client.abortMultipartUpload("bucket", "key", "id") }
            #expect(error?.code == .conflict && error?.isRetryable == true)
        }
    }
}
