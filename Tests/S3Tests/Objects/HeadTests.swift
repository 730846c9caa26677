import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct HeadTests {
    @Test func anObjectsHead() async throws {
        let answer = Answer.head(200, length: 77, "ETag: \"e\"", Answer.modified)
        try await Bench.use(answers: [answer]) { bench async throws in
            let metadata = try #require(try await bench.client.headObject("bucket", "key"))
            #expect(metadata.size == 77 && metadata.etag == "e")
            #expect(bench.requests.lines == ["HEAD /bucket/key"])
        }
    }

    @Test func aMissingObjectAsksForItsBucketOnce() async throws {
        try await Bench.use(script: { $0 == 1 ? Answer.head(200) : Answer.head(404) }) { bench async throws in
            for _ in 0..<5 { #expect(try await bench.client.headObject("bucket", "key") == nil) }
            #expect(bench.requests.lines.filter { $0 == "HEAD /bucket" }.count == 1)
            #expect(bench.requests.count == 6)
            bench.clock.advance(61)
            // The bucket is gone by now.
            #expect(try await s3Error { _ = try await bench.client.headObject("bucket", "key") }?.code == .noSuchBucket)
            #expect(bench.requests.count == 8)
            #expect(try await s3Error { _ = try await bench.client.headObject("bucket", "key") }?.code == .noSuchBucket)
            #expect(bench.requests.count == 9)
        }
    }

    @Test func aBucketThatWasJustListedIsNotAskedFor() async throws {
        try await Bench.use(script: { $0 == 0 ? Answer.page() : Answer.head(404) }) { bench async throws in
            _ = try await bench.client.listObjects("bucket")
            #expect(try await bench.client.headObject("bucket", "key") == nil)
            #expect(bench.requests.count == 2)
        }
    }

    @Test func aBucketThatMayNotBeListedExists() async throws {
        try await Bench.use(answers: [Answer.head(404), Answer.head(403)]) { bench async throws in
            #expect(try await bench.client.headObject("bucket", "key") == nil)
        }
    }

    @Test func aBucketThatCannotBeAskedForIsAnError() async throws {
        try await Bench.use(answers: [Answer.head(404), Answer.head(503)]) { bench async throws in
            #expect(try await s3Error { _ = try await bench.client.headObject("bucket", "key") }?.code == .slowDown)
        }
    }

    @Test func aRefusalIsNoMissingObject() async throws {
        try await Bench.use(answers: [Answer.head(403)]) { bench async throws in
            let error = try await s3Error { _ = try await bench.client.headObject("bucket", "key") }
            #expect(error?.code == .accessDenied && error?.message.contains("s3:GetObject (and s3:ListBucket)") == true)
            #expect(bench.requests.count == 1)
        }
    }

    @Test func headOfAnotherRegionIsCorrected() async throws {
        let answers = [
            Answer.head(400, "x-amz-bucket-region: eu-west-1"),
            Answer.head(200, length: 1, "ETag: \"e\"", Answer.modified),
        ]
        try await Bench.use(answers: answers) { bench async throws in
            #expect(try await bench.client.headObject("bucket", "key")?.size == 1)
            #expect(bench.requests.all.last?["authorization"]?.contains("/eu-west-1/") == true)
        }
    }
}
