import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct CopyTests {
    private static let copied = Answer.response(
        200,
        "<CopyObjectResult><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag></CopyObjectResult>"
    )

    @Test func anObjectIsCopiedWithinItsBucket() async throws {
        try await Bench.use(answers: [Self.copied]) { bench async throws in
            var options = S3CopyOptions()
            options.ifMatch = "old"
            options.acl = "public-read"
            options.encryption = .aes256
            options.storageClass = "STANDARD_IA"
            let result = try await bench.client.copyObject("bucket", "a+b ü/?.jpg", to: "new", options: options)
            #expect(result == S3CopyResult(etag: "e", lastModified: 1_704_067_200_000_000))
            let request = try #require(bench.requests.all.first)
            #expect(request.lines.first == "PUT /bucket/new HTTP/1.1" && request.body.isEmpty)
            #expect(request["x-amz-copy-source"] == "/bucket/a%2Bb%20%C3%BC/%3F.jpg")
            #expect(request["x-amz-copy-source-if-match"] == "\"old\"" && request["x-amz-acl"] == "public-read")
            #expect(request["x-amz-metadata-directive"] == "COPY")
            #expect(request["x-amz-server-side-encryption"] == "AES256")
            #expect(request["x-amz-storage-class"] == "STANDARD_IA" && request["content-type"] == nil)
            #expect(
                request["authorization"]?.contains(
                    "x-amz-content-sha256;x-amz-copy-source;x-amz-copy-source-if-match;") == true)
        }
    }

    @Test func anErrorAfterASuccessfulStatusIsAnError() async throws {
        try await Bench.use(answers: [Answer.error(200, "InternalError"), Self.copied]) { bench async throws in
            #expect(try await bench.client.copyObject("bucket", "a", to: "b").etag == "e")
            #expect(bench.requests.count == 2)
        }
        try await Bench.use(answers: [Answer.error(200, "SomethingElse")]) { bench async throws in
            let error = try await s3Error { try await bench.client.copyObject("bucket", "a", to: "b") }
            #expect(error?.code == .serverError)
        }
        for body in ["", "<a/>", "<CopyObjectResult/>", "<CopyObjectResult><ETag></ETag></CopyObjectResult>"] {
            try await Bench.use(answers: [Answer.response(200, body)]) { bench async throws in
                let error = try await s3Error { try await bench.client.copyObject("bucket", "a", to: "b") }
                #expect(error?.code == .malformedResponse, "\(body)")
            }
        }
    }

    @Test func whatCannotBeCopiedIsToldApart() async throws {
        let answers = [
            Answer.error(404, "NoSuchKey"), Answer.error(412, "PreconditionFailed"),
            Answer.error(403, "InvalidObjectState"),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            var codes: [S3Error.Code?] = []
            for _ in answers { codes.append(try await copy("a", "b", bench)) }
            #expect(codes == [.noSuchKey, .preconditionFailed, .archived])
            for wrong in ["", "a\0"] {
                let refused = [try await copy(wrong, "b", bench), try await copy("a", wrong, bench)]
                #expect(refused == [.invalidRequest, .invalidRequest])
            }
            #expect(bench.requests.count == 3)
        }
    }

    /// The code of the error that a copy ends with.
    private func copy(_ key: String, _ target: String, _ bench: Bench) async throws -> S3Error.Code? {
        try await s3Error { _ = try await bench.client.copyObject("bucket", key, to: target) }?.code
    }

    @Test func aPartIsCopiedFromARange() async throws {
        let answer = Answer.response(200, "<CopyPartResult><ETag>\"p\"</ETag></CopyPartResult>")
        try await Bench.use(answers: [answer]) { bench async throws in
            let part = try await bench.client.uploadPartCopy(
                "bucket", "a", to: "b", "id", number: 2, range: 100..<350, ifMatch: "e")
            #expect(part == S3Part(number: 2, etag: "p", size: 250))
            let request = try #require(bench.requests.all.first)
            #expect(request.lines.first == "PUT /bucket/b?partNumber=2&uploadId=id HTTP/1.1")
            #expect(
                request["x-amz-copy-source-range"] == "bytes=100-349" && request["x-amz-copy-source"] == "/bucket/a")
        }
    }
}
