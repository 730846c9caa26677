extension S3Client {
    /// What keeps the bucket from being opened to everyone; nil where nobody has said.
    public func getPublicAccessBlock(_ bucket: String) async throws -> S3PublicAccessBlock? {
        try await configuration(
            "GetPublicAccessBlock", bucket, "publicAccessBlock", absent: "NoSuchPublicAccessBlockConfiguration"
        ) { response in
            // Ceph RGW names it otherwise.
            let isOfRGW = S3Element.isRoot("BlockPublicAccessBlockConfiguration", of: response.body)
            let document = try S3Element(
                response.body,
                root: isOfRGW ? "BlockPublicAccessBlockConfiguration" : "PublicAccessBlockConfiguration")
            var block = S3PublicAccessBlock()
            for (name, part) in S3PublicAccessBlock.parts {
                block[keyPath: part] = document.child(name)?.text.lowercased() == "true"
            }
            return block
        }
    }

    /// Says what keeps the bucket from being opened to everyone.
    public func putPublicAccessBlock(_ bucket: String, _ block: S3PublicAccessBlock) async throws {
        let parts = S3PublicAccessBlock.parts.map { S3Element($0.name, block[keyPath: $0.path] ? "true" : "false") }
        try await setConfiguration(
            "PutPublicAccessBlock", bucket, "publicAccessBlock",
            S3Element("PublicAccessBlockConfiguration", parts).xml())
    }

    /// What the bucket's ACL lets others than its owner do, and its owner.
    public func getBucketACL(_ bucket: String) async throws -> [S3Grant] {
        try await configuration("GetBucketAcl", bucket, "acl") { response in
            let policy = try S3Element(response.body, root: "AccessControlPolicy", dropsAttributes: true)
            return (policy.child("AccessControlList")?.children ?? []).filter { $0.name == "Grant" }.map { grant in
                let grantee: S3Grant.Grantee =
                    switch grant.child("Grantee")?.child("URI")?.text {
                    case "http://acs.amazonaws.com/groups/global/AllUsers": .everyone
                    case "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": .anyAccount
                    default: .other
                    }
                return S3Grant(grantee, grant.child("Permission")?.text ?? "")
            }
        } ?? []
    }

    /// The bucket that the server's access logs of this one go to; nil where it keeps none.
    public func getBucketLogging(_ bucket: String) async throws -> String? {
        try await configuration("GetBucketLogging", bucket, "logging") { response in
            try S3Element(response.body, root: "BucketLoggingStatus", dropsAttributes: true)
                .child("LoggingEnabled")?.child("TargetBucket")?.text
        } ?? nil
    }
}
