internal import Core
internal import Foundation
internal import S3

/// A bucket as a whole, on Amazon S3 or a server that speaks its protocol.
struct S3BucketAdministration: BucketAdministration {
    let region: String
    private let store: S3ObjectStore

    /// The bucket of a store, whose client is for this region.
    init(store: S3ObjectStore, region: String) {
        self.store = store
        self.region = region
    }

    var bucket: String { store.bucket }
    var isAmazon: Bool { client.endpoint.isAWS }
    var objects: any ObjectStore { store }
    private var client: S3Client { store.client }

    /// A refusal of HEAD has no body: what GET is refused with says whether it is the keys that are wrong.
    func exists() async throws -> Bool {
        try await call {
            do {
                return try await client.headBucket(bucket) != nil
            } catch let refusal as S3Error where refusal.code == .accessDenied {
                do {
                    _ = try await client.getBucketLocation(bucket)
                } catch let error as S3Error where error.code != .notImplemented {
                    throw error.code == .accessDenied ? refusal : error
                }
                throw refusal
            }
        }
    }

    func location() async throws -> String { try await call { try await client.getBucketLocation(bucket) } }

    func create() async throws -> Bool {
        try await call {
            do {
                try await client.createBucket(bucket)
                return true
            } catch let error as S3Error
                where !isAmazon
                && ["InvalidLocationConstraint", "IllegalLocationConstraintException"].contains(error.serviceCode)
            {
                try await client.createBucket(bucket, namesRegion: false)
                return false
            }
        }
    }

    func lifecycle() async throws -> BucketLifecycle {
        let lifecycle = try await call { try await client.getBucketLifecycle(bucket) }
        return BucketLifecycle(
            rules: lifecycle.rules.map { ConfigurationElement($0) },
            minimumTransitionSize: lifecycle.minimumTransitionSize)
    }

    func setLifecycle(_ lifecycle: BucketLifecycle) async throws {
        let lifecycle = S3Lifecycle(
            rules: lifecycle.rules.map(\.s3), minimumTransitionSize: lifecycle.minimumTransitionSize)
        try await call { try await client.putBucketLifecycle(bucket, lifecycle) }
    }

    func corsRules() async throws -> [ConfigurationElement] {
        try await call { try await client.getBucketCORS(bucket) }.map { ConfigurationElement($0) }
    }

    func setCORSRules(_ rules: [ConfigurationElement]) async throws {
        try await call { try await client.putBucketCORS(bucket, rules.map(\.s3)) }
    }

    func policy() async throws -> BucketPolicy? {
        guard let bytes = try await call({ try await client.getBucketPolicy(bucket) }) else { return nil }
        guard let document = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)),
            let policy = BucketPolicy(document)
        else {
            throw StoreError(
                .malformedResponse,
                "The policy of bucket \(ObjectKey(bucket).quoted) is no policy that s3cache can read: look at it.",
                operation: "GetBucketPolicy", bucket: bucket)
        }
        return policy
    }

    func setPolicy(_ policy: BucketPolicy) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(policy.document), as: UTF8.self)
        try await call { try await client.putBucketPolicy(bucket, text) }
    }

    func versioning() async throws -> BucketVersioning {
        switch try await call({ try await client.getBucketVersioning(bucket) }) {
        case .never: .never
        case .enabled: .enabled
        case .suspended: .suspended
        }
    }

    func enableVersioning() async throws { try await call { try await client.enableBucketVersioning(bucket) } }

    func access() async throws -> BucketAccess {
        let block = try await ifOffered { try await client.getPublicAccessBlock(bucket) ?? S3PublicAccessBlock() }
        let grants = block?.ignoresACLs == true ? [] : try await grants()
        let open = grants.filter { $0.grantee != .other }.map(\.permission)
        var access = BucketAccess(
            isWritable: !Set(open).isDisjoint(with: ["WRITE", "WRITE_ACP", "FULL_CONTROL"]),
            isReadable: !Set(open).isDisjoint(with: ["READ", "FULL_CONTROL"]), isBlocked: block?.isComplete)
        guard block?.restrictsBuckets != true, let policy = try await ifOffered({ try await self.policy() }) else {
            return access
        }
        if policy.letsEveryone(doAnyOf: ["s3:PutObject", "s3:DeleteObject"]) { access.isWritable = true }
        if policy.letsEveryone(doAnyOf: ["s3:GetObject", "s3:ListBucket"]) { access.isReadable = true }
        // Others call every policy public that allows something.
        if isAmazon, try await ifOffered({ try await client.isBucketPolicyPublic(bucket) }) == true {
            access.isReadable = true
        }
        return access
    }

    func blockPublicAccess() async throws {
        try await call { try await client.putPublicAccessBlock(bucket, .complete) }
    }

    func accessLog() async throws -> String? { try await call { try await client.getBucketLogging(bucket) } }

    /// A bucket without ACLs says so, or gives its owner's.
    private func grants() async throws -> [S3Grant] {
        try await ifOffered {
            do {
                return try await client.getBucketACL(bucket)
            } catch let error as S3Error where error.serviceCode == "AccessControlListNotSupported" {
                return []
            }
        } ?? []
    }

    /// Nil where the server does not offer it.
    private func ifOffered<Result>(_ body: () async throws -> Result?) async throws -> Result? {
        do {
            return try await call(body)
        } catch let error as StoreError where error.code == .notOffered {
            return nil
        }
    }

    private func call<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await store.translating(nil, body)
    }
}
