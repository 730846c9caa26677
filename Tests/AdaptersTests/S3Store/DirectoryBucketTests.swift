import BucketSupport
import Core
import Testing

@Suite("Directory buckets of Amazon S3, which list in no order,")
struct DirectoryBucketTests {
    @Test("are not listed, and nothing is asked of the server")
    func areNotListed() async throws {
        let provider = try TestBucket.provider([
            "AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        ])
        let store = try provider.store(for: CacheConfiguration(name: "c", bucket: "photos--use1-az4--x-s3", prefix: ""))
        let error = await #expect(throws: StoreError.self) {
            try await store.list(ListingRequest(prefix: "", position: .start, limit: 1_000))
        }
        #expect(error?.code == .unsupportedBucket && error?.isRetryable == false)
        #expect(error?.message.contains("photos--use1-az4--x-s3 is a directory bucket") == true)
    }
}
