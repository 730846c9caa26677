package import Core
internal import S3

extension S3StoreProvider {
    /// A bucket as a whole, for the command line: whoever starts a program may choose region and profile, where what SQL says
    /// has to be allowed. Without a bucket it is the environment's.
    ///
    /// Throws `configurationInvalid` where there is no bucket or the region cannot be one, `credentialsMissing` where the
    /// files of the profile cannot be read.
    package func administration(
        of bucket: String?, region: String?, profile: String?
    ) throws -> any BucketAdministration {
        guard let bucket = bucket ?? environment.bucket else {
            throw StoreError(
                .configurationInvalid,
                "Missing S3 configuration: there is no bucket; name it with --bucket, or in S3_BUCKET, AWS_S3_BUCKET or "
                    + "AWS_S3_BUCKET_NAME.",
                operation: "Configure", bucket: "")
        }
        do {
            let profileRegion = try source(of: profile).chain.profileRegion()
            let own = profile == nil ? environment.region ?? profileRegion : profileRegion ?? environment.region
            let region = region ?? own ?? S3Environment.defaultRegion
            let key = ClientKey(endpoint: ownEndpoint, region: region, addressing: .automatic, profile: profile)
            let store = S3ObjectStore(bucket: bucket, client: try client(key), signers: nil, now: now)
            return S3BucketAdministration(store: store, region: region)
        } catch let error as S3Error {
            throw error.storeError(bucket: bucket)
        } catch let error as CredentialsError {
            throw StoreError(
                .credentialsMissing, "Bucket \(bucket) cannot be used: \(error.message).", operation: "Configure",
                bucket: bucket)
        }
    }

    /// A cache's bucket as a whole. Throws what `store(for:)` throws.
    package func administration(for configuration: CacheConfiguration) throws -> any BucketAdministration {
        let store = try s3Store(for: configuration)
        return S3BucketAdministration(store: store, region: store.client.region)
    }
}
