package import Core
internal import S3

extension S3StoreProvider {
    /// The bucket of a cache as the credential may use it that signs its URLs for reading; nil where no profile is named for
    /// that, so that the worker's own signs. Throws what `store(for:)` throws.
    package func signersStore(for configuration: CacheConfiguration) throws -> (any ObjectStore)? {
        guard configuration.credentials == nil, let profile = environment.presignProfile else { return nil }
        let bucket = configuration.bucket ?? environment.bucket ?? ""
        do {
            var key = try clientKey(configuration, bucket: bucket)
            key.profile = profile
            return S3ObjectStore(bucket: bucket, client: try client(key), signers: nil, now: now)
        } catch let error as S3Error {
            throw error.storeError(bucket: bucket)
        }
    }
}
