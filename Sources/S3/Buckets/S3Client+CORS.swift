extension S3Client {
    /// The elements `CORSRule` by which browsers are let in, whole; none where the bucket has none.
    public func getBucketCORS(_ bucket: String) async throws -> [S3Element] {
        try await configuration("GetBucketCors", bucket, "cors", absent: "NoSuchCORSConfiguration") { response in
            try S3Element(response.body, root: "CORSConfiguration").children
        } ?? []
    }

    /// Replaces all rules; there must be at least one.
    public func putBucketCORS(_ bucket: String, _ rules: [S3Element]) async throws {
        try await setConfiguration("PutBucketCors", bucket, "cors", S3Element("CORSConfiguration", rules).xml())
    }
}
