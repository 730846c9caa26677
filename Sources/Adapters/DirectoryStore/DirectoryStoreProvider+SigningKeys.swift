package import Core

extension DirectoryStoreProvider: SigningKeySource {
    /// Throws `credentialsMissing`: files need no signature, and this worker has nothing to sign for other caches with.
    package func credential(
        of profile: String?, for purpose: SigningKeyScope.Purpose
    ) async throws -> SigningCredential {
        throw StoreError(
            .credentialsMissing,
            "Missing S3 configuration: a cache has its bucket on S3, and this worker keeps objects in a local directory; set "
                + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, in the worker's environment.",
            operation: "Presign", bucket: "")
    }
}
