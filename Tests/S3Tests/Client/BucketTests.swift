import Testing

@testable import S3

@Suite(.timeLimit(.minutes(15))) struct BucketTests {
    @Test func theFirstRegionIsNotNamed() async throws {
        try await Bench.use(answers: [Answer.response(200)]) { bench async throws in
            try await bench.client.createBucket("bucket")
            #expect(bench.requests.lines == ["PUT /bucket"] && bench.requests.all.first?.body == [])
        }
        try await Bench.use(answers: [Answer.response(200)], change: { $0.region = "eu-west-1" }) {
            bench async throws in
            try await bench.client.createBucket("bucket")
            let body = String(decoding: bench.requests.all.first?.body ?? [], as: UTF8.self)
            #expect(body.contains("<LocationConstraint>eu-west-1</LocationConstraint>"))
        }
    }

    @Test func anOwnBucketIsThereAlready() async throws {
        let answers = [Answer.error(409, "BucketAlreadyOwnedByYou"), Answer.error(409, "BucketAlreadyExists")]
        try await Bench.use(answers: answers) { bench async throws in
            try await bench.client.createBucket("bucket")
            #expect(try await s3Error { try await bench.client.createBucket("bucket") }?.code == .alreadyExists)
        }
    }

    @Test func aBucketsHead() async throws {
        let answers = [Answer.head(200, "x-amz-bucket-region: eu-west-1"), Answer.head(404), Answer.head(403)]
        try await Bench.use(answers: answers) { bench async throws in
            #expect(try await bench.client.headBucket("bucket") == S3BucketInfo(region: "eu-west-1"))
            #expect(try await bench.client.headBucket("bucket") == nil)
            #expect(try await s3Error { _ = try await bench.client.headBucket("bucket") }?.code == .accessDenied)
        }
    }

    @Test func aBucketWithObjectsIsNotRemoved() async throws {
        try await Bench.use(answers: [Answer.error(409, "BucketNotEmpty"), Answer.response(204)]) {
            bench async throws in
            #expect(try await s3Error { try await bench.client.deleteBucket("bucket") }?.code == .bucketNotEmpty)
            try await bench.client.deleteBucket("bucket")
        }
    }
}
