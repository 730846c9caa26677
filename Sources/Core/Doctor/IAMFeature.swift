/// What s3cache can be used for, as far as credentials need rights for it.
public enum IAMFeature: String, Hashable, Sendable, CaseIterable {
    /// Rebuilds: the bucket is listed.
    case index
    /// Objects are looked at, and missing ones told from forbidden ones.
    case verify
    /// Objects are stored, in one piece or in parts.
    case upload
    /// What others host is stored.
    case fetch
    /// Objects are read, by `s3cache.read()` and `s3cache get`.
    case read
    /// Presigned URLs for reading: for `S3CACHE_PRESIGN_PROFILE`.
    case presign
    /// Presigned URLs and forms for uploading: for `S3CACHE_UPLOAD_PROFILE`.
    case uploadURL = "upload-url"
    /// Objects are deleted.
    case delete
    /// Objects get another name.
    case rename
    /// Files of bound rows are stored, and looked at afterwards.
    case archive
    /// Inventories are read in place of listings.
    case inventory
    /// `s3cache doctor`, all checks.
    case doctor
    /// `s3cache setup-bucket`.
    case setup
    /// All that a worker does.
    case worker

    /// Rights on the objects.
    public var objectActions: [String] {
        switch self {
        case .index: []
        case .verify, .read, .presign, .inventory: ["s3:GetObject"]
        case .upload, .fetch: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
        case .uploadURL: ["s3:PutObject"]
        case .delete: ["s3:DeleteObject"]
        case .rename: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        case .archive: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
        case .doctor, .setup: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        case .worker:
            [
                "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ]
        }
    }

    /// Whether the bucket is listed, below the prefix: without that right servers hide which objects are missing.
    public var lists: Bool {
        switch self {
        case .index, .verify, .read, .rename, .archive, .doctor, .setup, .worker: true
        case .upload, .fetch, .presign, .uploadURL, .delete, .inventory: false
        }
    }

    /// Rights on the bucket besides listing it.
    public var bucketActions: [String] {
        switch self {
        case .doctor:
            [
                "s3:GetBucketAcl", "s3:GetBucketLogging", "s3:GetBucketPolicy",
                "s3:GetBucketPolicyStatus", "s3:GetBucketPublicAccessBlock", "s3:ListBucketMultipartUploads",
            ]
        case .setup:
            [
                "s3:CreateBucket", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketPolicy",
                "s3:GetBucketPolicyStatus", "s3:GetBucketPublicAccessBlock", "s3:GetBucketVersioning",
                "s3:GetLifecycleConfiguration", "s3:PutBucketCORS", "s3:PutBucketPolicy",
                "s3:PutBucketPublicAccessBlock", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration",
            ]
        case .worker: ["s3:ListBucketMultipartUploads"]
        default: []
        }
    }

    /// What cannot be done, or not as it should, without a right; the commands that look after a bucket and whole workers left
    /// out.
    public static func needing(_ action: String) -> [IAMFeature] {
        allCases.filter { feature in
            switch feature {
            case .doctor, .setup, .worker: false
            default: action == "s3:ListBucket" ? feature.lists : feature.objectActions.contains(action)
            }
        }
    }

    /// The least that an identity needs for it, as an IAM policy, for a bucket or the part of it below a prefix.
    public func policy(bucket: String, prefix: String = "") -> JSONValue {
        let place = "arn:aws:s3:::\(bucket)"
        func allow(_ actions: [String], _ resource: String, _ condition: JSONValue? = nil) -> JSONValue {
            var statement: [String: JSONValue] = [
                "Effect": .string("Allow"), "Action": .strings(actions), "Resource": .string(resource),
            ]
            statement["Condition"] = condition
            return .object(statement)
        }
        var statements: [JSONValue] = []
        if lists {
            // A bucket that is to be set up is looked at as a whole.
            let isBelow = !prefix.isEmpty && self != .setup
            statements.append(
                allow(
                    ["s3:ListBucket"], place,
                    isBelow ? .object(["StringLike": .object(["s3:prefix": .string(prefix + "*")])]) : nil))
        }
        if !bucketActions.isEmpty { statements.append(allow(bucketActions, place)) }
        if !objectActions.isEmpty { statements.append(allow(objectActions, "\(place)/\(prefix)*")) }
        return .object(["Version": .string("2012-10-17"), "Statement": .array(statements)])
    }
}
