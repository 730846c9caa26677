internal import SigV4

extension S3Client {
    /// The rules by which a bucket's objects change and go; without rules where it has none.
    public func getBucketLifecycle(_ bucket: String) async throws -> S3Lifecycle {
        try await configuration(
            "GetBucketLifecycleConfiguration", bucket, "lifecycle", absent: "NoSuchLifecycleConfiguration"
        ) { response in
            S3Lifecycle(
                rules: try S3Element(response.body, root: "LifecycleConfiguration").children,
                minimumTransitionSize: QuotedText.word(response.headers[Self.minimumHeader]))
        } ?? S3Lifecycle()
    }

    /// Replaces all rules; there must be at least one.
    public func putBucketLifecycle(_ bucket: String, _ lifecycle: S3Lifecycle) async throws {
        try await setConfiguration(
            "PutBucketLifecycleConfiguration", bucket, "lifecycle",
            S3Element("LifecycleConfiguration", lifecycle.rules).xml(),
            headers: lifecycle.minimumTransitionSize.map { [HeaderField(Self.minimumHeader, $0)] } ?? [])
    }

    /// Source: "PutBucketLifecycleConfiguration", Amazon S3 API Reference.
    private static let minimumHeader = "x-amz-transition-default-minimum-object-size"
}
