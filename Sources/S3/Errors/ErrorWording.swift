/// Says in one sentence what an error means and what to do about it.
struct ErrorWording {
    let operation: String
    let bucket: String?
    let key: String?
    /// Scheme, host and port that the request went to.
    let endpoint: String

    /// What the request was about: `object "a" in bucket "b"`, `bucket "b"`, or the endpoint.
    private var subject: String {
        switch (bucket, key) {
        case (let bucket?, let key?): "object \(QuotedText.quote(key)) in bucket \(QuotedText.quote(bucket))"
        case (let bucket?, nil): "bucket \(QuotedText.quote(bucket))"
        default: "the endpoint \(endpoint)"
        }
    }

    /// The sentence for a response with this code. Where the server's own code says more, it is shown.
    func response(_ code: S3Error.Code, status: Int?, serviceCode: String?, regionHint: String?) -> String {
        let answer = [status.map { "status \($0)" }, serviceCode].compactMap(\.self).joined(separator: " ")
        let said = answer.isEmpty ? "" : " (\(answer))"
        return "\(operation) of \(subject) at \(endpoint) " + outcome(code, regionHint) + said + "."
    }

    /// The sentence for a request that was not sent, because the server has been asking for fewer.
    var heldBack: String {
        "\(operation) of \(subject) at \(endpoint) was not sent, because the server has been asking for fewer requests: try "
            + "again later, with fewer at a time."
    }

    private func outcome(_ code: S3Error.Code, _ regionHint: String?) -> String {
        switch code {
        case .invalidCredentials:
            "was refused because the credentials are not valid there: check access key id, secret and session token"
        case .expiredCredentials: "was refused because the credentials have expired: renew them"
        case .accessDenied: "is not allowed with these credentials: grant them \(permission), or use others"
        case .accountProblem: "was refused because of the account's state: settle it with the provider"
        case .noSuchBucket: "failed because the bucket does not exist: check its name, the endpoint and the region"
        case .noSuchKey: "failed because the object does not exist: check the key"
        case .noSuchUpload: "failed because the upload has ended, or was aborted: begin it again"
        case .wrongRegion:
            "went to the wrong region or endpoint: "
                + (regionHint.map { "set the region to \($0)" }
                    ?? "set the region, and the endpoint, that the bucket is in")
        case .clockSkewed: "was refused because the clocks differ: correct this system's clock"
        case .slowDown: "was refused because there are too many requests: try again later, with fewer at a time"
        case .serverError: "failed within the server: try again later, or ask its operator"
        case .notImplemented: "is not something that this server offers: check the endpoint"
        case .timedOut: "took the server longer than it allows: try again"
        case .connectionLost: "did not reach the server completely: try again"
        case .preconditionFailed: "was refused because the object is not as the request demands: look at it again"
        case .rangeNotSatisfiable: "asked for bytes that the object does not have: read it from its start"
        case .archived: "is not possible while the object is archived: restore it first"
        case .checksumMismatch: "failed because the bytes were damaged on their way: try again"
        case .tooLarge: "is more than the server accepts: send less"
        case .alreadyExists: "failed because the name is taken: choose another one"
        case .bucketNotEmpty: "failed because the bucket still holds objects: delete them first"
        case .conflict: "met another operation under way: try again"
        case .invalidRequest:
            "was not understood by the server: check bucket, key and options, and that the endpoint is S3"
        default: "failed: check the endpoint and the server's documentation"
        }
    }

    private var permission: String {
        switch operation {
        case "ListObjectsV2", "HeadBucket": "s3:ListBucket"
        case "GetObject", "HeadObject": "s3:GetObject (and s3:ListBucket)"
        case "PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload": "s3:PutObject"
        case "CopyObject", "UploadPartCopy": "s3:GetObject and s3:PutObject"
        case "ListParts": "s3:ListMultipartUploadParts"
        case "ListMultipartUploads": "s3:ListBucketMultipartUploads"
        case "DeleteObject", "DeleteObjects": "s3:DeleteObject"
        case "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration"
        case "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration"
        case "GetBucketCors": "s3:GetBucketCORS"
        case "PutBucketCors": "s3:PutBucketCORS"
        case "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock"
        case "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock"
        default: "s3:\(operation)"
        }
    }

    /// The sentence for an answer that is not S3's.
    func malformed(_ reason: String) -> String {
        "\(operation) of \(subject) got an answer from \(endpoint) that is not S3's (\(reason)): check the endpoint."
    }

    /// The sentence for a request that cannot be made.
    func refused(_ reason: String) -> String {
        "\(operation) of \(subject) cannot be requested: \(reason)."
    }

    /// The sentence for a body that is larger than the caller's limit.
    func tooLarge(_ limit: Int) -> String {
        "\(operation) of \(subject) was stopped because it has more than \(limit) bytes: raise the limit."
    }

    /// The sentence for what happened before or instead of a response.
    func failure(_ explanation: String) -> String {
        "\(operation) of \(subject) at \(endpoint) failed: \(explanation)."
    }
}
