internal import HTTP
internal import SigV4

extension S3Error {
    /// What it means that there was no response, or no whole body.
    init(_ error: HTTPError, _ wording: ErrorWording) {
        self.init(
            Code(error.code), wording.failure(error.message), operation: wording.operation, bucket: wording.bucket,
            key: wording.key)
        httpCode = error.code
    }

    /// What it means that there are no credentials.
    init(_ error: CredentialsError, _ wording: ErrorWording) {
        let code: Code
        switch error.code {
        case .sourceFailed: code = .credentialsUnavailable
        case .expired: code = .expiredCredentials
        default: code = .credentialsMissing
        }
        self.init(
            code, wording.failure(error.message.droppingPeriod), operation: wording.operation, bucket: wording.bucket,
            key: wording.key)
        credentialsCode = error.code
    }

    /// What it means that the request cannot be signed.
    init(_ error: SigningError, _ wording: ErrorWording) {
        self.init(
            .invalidRequest, wording.refused(error.message.droppingPeriod), operation: wording.operation,
            bucket: wording.bucket, key: wording.key)
    }

    /// An error about what `wording` says.
    init(_ code: Code, _ message: String, _ wording: ErrorWording) {
        self.init(code, message, operation: wording.operation, bucket: wording.bucket, key: wording.key)
    }
}

extension S3Error.Code {
    /// What the client's code means to us.
    init(_ code: HTTPError.Code) {
        switch code {
        case .nameNotResolved, .addressRefused, .connectionRefused, .unreachable, .connectTimedOut, .proxyFailed:
            self = .endpointUnreachable
        case .tlsHandshakeFailed, .certificateUntrusted, .certificateExpired, .certificateNameMismatch,
            .authorityBundleUnreadable:
            self = .certificateRefused
        case .connectionClosed, .connectionReset, .bodyTruncated: self = .connectionLost
        case .stalled: self = .stalled
        case .timedOut: self = .timedOut
        case .invalidResponse, .headersTooLarge: self = .malformedResponse
        case .bodyTooLarge: self = .tooLarge
        case .invalidURL, .invalidRequest, .bodySourceFailed: self = .invalidRequest
        case .clientClosed, .resourcesExhausted: self = .clientUnavailable
        case .unexpected: self = .other
        }
    }
}

extension String {
    fileprivate var droppingPeriod: String { last == "." ? String(dropLast()) : self }
}
