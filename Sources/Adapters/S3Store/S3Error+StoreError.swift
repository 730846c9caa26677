internal import Core
internal import S3

extension S3Error {
    /// The same in the terms of the port.
    func storeError(bucket: String, key: ObjectKey? = nil) -> StoreError {
        StoreError(
            storeCode, message + advice, operation: operation, bucket: self.bucket ?? bucket,
            key: key ?? self.key.map { ObjectKey($0) }, requestID: requestID)
    }

    /// What the environment offers against it.
    private var advice: String {
        switch httpCode {
        case .certificateUntrusted, .authorityBundleUnreadable:
            " AWS_CA_BUNDLE names the file with the authorities to trust."
        default: ""
        }
    }

    private var storeCode: StoreError.Code {
        switch code {
        case .invalidEndpoint: .configurationInvalid
        case .credentialsMissing:
            switch credentialsCode {
            case .expired: .credentialsExpired
            case .refused: .credentialsInvalid
            case .missing, .incomplete, .noSuchProfile, .sourceFailed, nil: .credentialsMissing
            }
        case .credentialsUnavailable: .credentialsUnavailable
        case .invalidCredentials: .credentialsInvalid
        case .expiredCredentials: .credentialsExpired
        case .accessDenied, .accountProblem: .accessDenied
        case .noSuchBucket: .noSuchBucket
        case .noSuchKey: .noSuchKey
        case .wrongRegion: .wrongRegion
        case .clockSkewed: .clockSkewed
        case .endpointUnreachable: .endpointUnreachable
        case .certificateRefused: .certificateRefused
        case .heldBack: .heldBack
        case .slowDown, .serverError, .timedOut, .stalled, .connectionLost, .conflict, .clientUnavailable,
            .noSuchUpload:
            .unavailable
        case .malformedResponse: operation == "ListObjectsV2" ? .malformedListing : .malformedResponse
        case .checksumMismatch: .checksumMismatch
        case .tooLarge: .tooLarge
        case .preconditionFailed: .preconditionFailed
        case .notImplemented: .notOffered
        case .alreadyExists: .alreadyExists
        case .invalidRequest, .rangeNotSatisfiable, .archived, .bucketNotEmpty, .other: .requestRefused
        }
    }
}
