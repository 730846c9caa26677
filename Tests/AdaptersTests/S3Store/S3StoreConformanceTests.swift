import BucketSupport
import Conformance
import TestSupport
import Testing

/// The contract of `ObjectStore`, on two servers that have no code in common. One rule at a time: many of them compute a lot, and would
/// keep those waiting that have deadlines.
@Suite("S3 buckets conform to the contract of ObjectStore", .serialized, .timeLimit(.minutes(15)))
struct S3StoreConformanceTests {
    @Test("Ceph RGW", arguments: ObjectStoreRule.all)
    func ceph(rule: ObjectStoreRule) async throws {
        try await TestBucket.use(on: .rgw) { try await rule.check(StoreFixture(store: $0.store)) }
    }

    @Test("OpenStack Swift", arguments: ObjectStoreRule.all)
    func swift(rule: ObjectStoreRule) async throws {
        try await TestBucket.use(on: .swift) { try await rule.check(StoreFixture(store: $0.store)) }
    }

    @Test("random operations do what a dictionary does", arguments: [1, 2, 3, 4] as [UInt64])
    func model(seed: UInt64) async throws {
        try await TestBucket.use(on: .rgw) { bucket in
            var run = ModelRun(StoreFixture(store: bucket.store), seed: seed)
            try await run.run(operations: 400)
        }
    }
}
