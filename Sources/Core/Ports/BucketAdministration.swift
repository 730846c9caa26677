/// What can be found out and set of a bucket as a whole.
///
/// All calls throw `StoreError`: `notOffered` where the server does not offer this, `accessDenied` where the credentials may
/// not do it. What is written replaces what was there: read before, and merge.
public protocol BucketAdministration: Sendable {
    /// The bucket's name.
    var bucket: String { get }
    /// The region that it is made in, and looked for first.
    var region: String { get }
    /// Whether the server is Amazon's own.
    var isAmazon: Bool { get }
    /// The bucket's objects.
    var objects: any ObjectStore { get }

    /// Whether the bucket exists. Throws `accessDenied` for those of others, and for own ones that may not be looked at.
    func exists() async throws -> Bool
    /// The region that the bucket is in, as the server calls it; some servers call it something of their own.
    func location() async throws -> String
    /// Makes the bucket; succeeds also where it is this account's already. Throws `alreadyExists` where it is somebody
    /// else's. It is in `region` if the server knows that; false if it was made where the server puts buckets.
    func create() async throws -> Bool

    /// The rules by which objects change and go.
    func lifecycle() async throws -> BucketLifecycle
    /// Replaces all rules; there must be at least one.
    func setLifecycle(_ lifecycle: BucketLifecycle) async throws
    /// The elements `CORSRule` by which browsers are let in.
    func corsRules() async throws -> [ConfigurationElement]
    /// Replaces all rules; there must be at least one.
    func setCORSRules(_ rules: [ConfigurationElement]) async throws
    /// The policy; nil where there is none. Throws `malformedResponse` for what is no policy.
    func policy() async throws -> BucketPolicy?
    /// Replaces the policy.
    func setPolicy(_ policy: BucketPolicy) async throws
    /// Whether replaced and deleted objects are kept.
    func versioning() async throws -> BucketVersioning
    /// Keeps replaced and deleted objects from now on.
    func enableVersioning() async throws

    /// What is open to everyone, by ACL and policy.
    func access() async throws -> BucketAccess
    /// Keeps the bucket from being opened to everyone, by ACL or policy.
    func blockPublicAccess() async throws
    /// The bucket that access logs go to; nil where none are kept.
    func accessLog() async throws -> String?
}
