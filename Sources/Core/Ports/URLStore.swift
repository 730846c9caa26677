/// What URLs are made with: the signing keys that SQL signs with, and the URLs that workers signed. Implementation:
/// PostgreSQL.
public protocol URLStore: Sendable {
    /// The signing keys that caches need now, and which of them are there. Keys themselves never come back.
    func wantedSigningKeys() async throws -> [SigningKeyDemand]

    /// Publishes keys of one credential for one scope, all at once. The store keeps those of one credential for a scope.
    func publish(_ keys: [DerivedSigningKey], of credential: SigningCredential, for scope: SigningKeyScope) async throws

    /// Deletes the keys with which nothing can be signed any more, or that no cache needs; gives how many.
    func pruneSigningKeys() async throws -> Int

    /// Forgets at most `limit` URLs that have ended, from `place` on: nil, or what the last call gave.
    func prunePresigned(limit: Int, from place: PruningPlace?) async throws -> Pruned

    /// Ends a presign job well: keeps the URLs for who asked for them, in one transaction with the job's end. Gives false,
    /// and has written nothing, where another session is in the way for too long; throws `ClaimLost` as `ContentStore` does.
    func complete(_ job: Job, presigned files: [PresignedFile]) async throws -> Bool
}
