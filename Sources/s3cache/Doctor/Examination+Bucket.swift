internal import Adapters
internal import Core
internal import Foundation
internal import Worker

extension Examination {
    /// What is to be said of a cache's bucket as a whole, once it can be listed; nothing of a local directory. `mayWrite`:
    /// whether objects can be written and deleted there.
    func bucketFindings(
        _ configuration: CacheConfiguration, _ stores: ObjectStoreSetup, mayWrite: Bool
    ) async throws -> [HealthFinding] {
        guard let buckets = stores.buckets else { return [] }
        do {
            let administration = try buckets.administration(for: configuration)
            var findings = try await BucketHealth(
                administration, prefix: configuration.prefix,
                isMeantToBePublic: try await Delivery.access(of: configuration.name) == "public",
                now: Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
            ).findings()
            if mayWrite { findings.append(try await signer(configuration, buckets, owner: administration.objects)) }
            return findings
        } catch let error as StoreError {
            return [HealthFinding("configuration", .fail, error.message)]
        }
    }

    /// A signing key signs PUT and DELETE too, and superusers, backups and standbys have it.
    private func signer(
        _ configuration: CacheConfiguration, _ buckets: S3StoreProvider, owner: any ObjectStore
    ) async throws -> HealthFinding {
        let check = "presign credential"
        do {
            guard let suspect = try buckets.signersStore(for: configuration) else {
                return HealthFinding(
                    check, .info,
                    "URLs are signed with the worker's own credential, which may write: a read-only profile in "
                        + "S3CACHE_PRESIGN_PROFILE keeps that power out of the database.")
            }
            let probe = WriteProbe(
                suspect, owner: owner, prefix: configuration.prefix, name: UUID().uuidString.lowercased())
            return try await probe.mayWrite()
                ? HealthFinding(
                    check, .fail,
                    "The profile in S3CACHE_PRESIGN_PROFILE may write to the bucket, and so may whoever gets hold of its signing "
                        + "keys in the database: leave it s3:GetObject only.")
                : HealthFinding(check, .pass, "It may not write.")
        } catch let error as StoreError {
            return HealthFinding(check, .warn, error.message)
        }
    }
}
