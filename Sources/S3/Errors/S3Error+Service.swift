extension S3Error.Code {
    /// What a code of the service means to us, where it says more than the status.
    ///
    /// Source: "Error responses", Amazon S3 API Reference; Ceph RGW's and OpenStack Swift's tables.
    init?(serviceCode: String) {
        switch serviceCode {
        case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidSecurity", "TokenCodeInvalid",
            "UnrecognizedClientException":
            self = .invalidCredentials
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
            self = .expiredCredentials
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture":
            self = .clockSkewed
        case "AccessDenied", "AllAccessDisabled", "AccessForbidden", "Forbidden", "InvalidPayer":
            self = .accessDenied
        case "AccountProblem", "NotSignedUp", "AccountSuspended", "UserSuspended", "QuotaExceeded",
            "InvalidObjectOwner":
            self = .accountProblem
        case "NoSuchBucket": self = .noSuchBucket
        case "NoSuchKey", "NoSuchVersion": self = .noSuchKey
        case "NoSuchUpload": self = .noSuchUpload
        case "PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException", "InvalidRegionName":
            self = .wrongRegion
        case "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "RequestThrottled",
            "TooManyRequests", "RequestLimitExceeded", "BandwidthLimitExceeded":
            self = .slowDown
        case "InternalError", "ServiceUnavailable", "InternalFailure", "ServiceFailure", "Busy",
            "XMinioServerNotInitialized":
            self = .serverError
        case "RequestTimeout", "RequestTimeoutException": self = .timedOut
        case "IncompleteBody": self = .connectionLost
        case "NotImplemented", "MethodNotAllowed": self = .notImplemented
        case "PreconditionFailed", "NotModified": self = .preconditionFailed
        case "InvalidRange": self = .rangeNotSatisfiable
        case "InvalidObjectState", "ObjectArchived": self = .archived
        case "BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest", "XAmzContentChecksumMismatch",
            "ChecksumMismatch", "InvalidPart", "InvalidPartOrder":
            self = .checksumMismatch
        case "EntityTooLarge", "MaxMessageLengthExceeded": self = .tooLarge
        case "BucketAlreadyExists", "BucketAlreadyOwnedByYou": self = .alreadyExists
        case "BucketNotEmpty": self = .bucketNotEmpty
        case "OperationAborted", "ConditionalRequestConflict": self = .conflict
        case "InvalidArgument", "InvalidRequest", "MalformedXML", "InvalidBucketName", "KeyTooLongError", "InvalidURI",
            "MissingContentLength", "MetadataTooLarge", "InvalidStorageClass", "InvalidTag", "EntityTooSmall",
            "InvalidLocationConstraint", "MissingContentMD5", "MalformedACLError":
            self = .invalidRequest
        default: return nil
        }
    }

    /// What a status means where no code of the service says more: responses without a body, pages of proxies.
    init(status: Int, hasKey: Bool) {
        switch status {
        case 300..<400 where status != 304: self = .wrongRegion
        case 304, 412: self = .preconditionFailed
        case 400: self = .invalidRequest
        case 401, 403: self = .accessDenied
        case 404: self = hasKey ? .noSuchKey : .noSuchBucket
        case 405, 501: self = .notImplemented
        case 408: self = .timedOut
        case 409: self = .conflict
        case 413: self = .tooLarge
        case 416: self = .rangeNotSatisfiable
        case 429, 503: self = .slowDown
        case 500...: self = .serverError
        default: self = .other
        }
    }
}
