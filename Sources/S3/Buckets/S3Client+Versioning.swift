extension S3Client {
    /// Whether the bucket keeps replaced and deleted objects.
    public func getBucketVersioning(_ bucket: String) async throws -> S3Versioning {
        try await configuration("GetBucketVersioning", bucket, "versioning") { response in
            let status = try S3Element(response.body, root: "VersioningConfiguration").child("Status")?.text ?? ""
            guard let versioning = S3Versioning(rawValue: status) else { throw XMLFailure("its status is unknown") }
            return versioning
        } ?? .never
    }

    /// Makes the bucket keep replaced and deleted objects from now on.
    public func enableBucketVersioning(_ bucket: String) async throws {
        let document = S3Element("VersioningConfiguration", [S3Element("Status", S3Versioning.enabled.rawValue)])
        try await setConfiguration("PutBucketVersioning", bucket, "versioning", document.xml())
    }
}
