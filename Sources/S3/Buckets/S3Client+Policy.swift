extension S3Client {
    /// The bucket's policy, a JSON document; nil where it has none.
    public func getBucketPolicy(_ bucket: String) async throws -> [UInt8]? {
        try await configuration("GetBucketPolicy", bucket, "policy", absent: "NoSuchBucketPolicy") { response in
            guard response.body.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
                throw XMLFailure("it is no policy")
            }
            return response.body
        }
    }

    /// Replaces the bucket's policy by this JSON document.
    public func putBucketPolicy(_ bucket: String, _ policy: String) async throws {
        try await setConfiguration("PutBucketPolicy", bucket, "policy", policy)
    }

    /// Whether the server says that the bucket's policy lets everyone in; false where it has none.
    public func isBucketPolicyPublic(_ bucket: String) async throws -> Bool {
        try await configuration("GetBucketPolicyStatus", bucket, "policyStatus", absent: "NoSuchBucketPolicy") {
            response in
            let status = try S3Element(response.body, root: "PolicyStatus")
            return status.child("IsPublic")?.text.lowercased() == "true"
        } ?? false
    }
}
