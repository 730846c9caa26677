extension S3Error {
    /// What went wrong, in the terms a caller can act on.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The text is no endpoint.
        case invalidEndpoint
        /// The request cannot be made, or the server does not understand it.
        case invalidRequest
        /// There are no credentials to sign with: `credentialsCode` says why.
        case credentialsMissing
        /// The source of the credentials could not be asked.
        case credentialsUnavailable
        /// The server does not know the access key, or the secret does not fit it.
        case invalidCredentials
        /// The temporary credentials have ended.
        case expiredCredentials
        /// The credentials are not allowed to do this.
        case accessDenied
        /// The account is not in order: suspended, not signed up, unpaid.
        case accountProblem
        /// The bucket does not exist.
        case noSuchBucket
        /// The object does not exist.
        case noSuchKey
        /// The upload in parts was completed or aborted, or never began.
        case noSuchUpload
        /// The bucket is in another region: `regionHint`, where the server said which.
        case wrongRegion
        /// This system's clock, or the server's, is wrong.
        case clockSkewed
        /// There was no connection: nobody listens, the name has no address, the network knows no way.
        case endpointUnreachable
        /// The server could not prove who it is.
        case certificateRefused
        /// The server asks for fewer requests.
        case slowDown
        /// The server has been asking for fewer requests for so long that this one was not sent.
        case heldBack
        /// The server failed.
        case serverError
        /// The server does not offer this.
        case notImplemented
        /// The request took longer than allowed.
        case timedOut
        /// Too little flowed for too long.
        case stalled
        /// The connection broke, or the body ended before its announced end.
        case connectionLost
        /// What came is not what S3 answers.
        case malformedResponse
        /// A condition of the request does not hold.
        case preconditionFailed
        /// The requested bytes are not in the object.
        case rangeNotSatisfiable
        /// The object's bytes are not here to read: they are archived and have to be restored first.
        case archived
        /// What the server stored is not what was sent, or it says that what came was damaged.
        case checksumMismatch
        /// The body is larger than allowed.
        case tooLarge
        /// The name is taken, by this account or another one.
        case alreadyExists
        /// The bucket still holds objects.
        case bucketNotEmpty
        /// Another operation on the same thing is under way.
        case conflict
        /// The client is closed, or this system has no socket, thread or memory left.
        case clientUnavailable
        /// Something else: `serviceCode` and `status` tell it apart.
        case other

        /// Whether the same request may succeed when it is made again, later.
        var isRetryable: Bool {
            switch self {
            case .credentialsUnavailable, .endpointUnreachable, .slowDown, .heldBack, .serverError, .timedOut, .stalled,
                .connectionLost, .checksumMismatch, .conflict, .clientUnavailable:
                true
            case .invalidEndpoint, .invalidRequest, .credentialsMissing, .invalidCredentials, .expiredCredentials,
                .accessDenied, .accountProblem, .noSuchBucket, .noSuchKey, .noSuchUpload, .wrongRegion, .clockSkewed,
                .certificateRefused, .notImplemented, .malformedResponse, .preconditionFailed, .rangeNotSatisfiable,
                .archived, .tooLarge, .alreadyExists, .bucketNotEmpty, .other:
                false
            }
        }
    }
}
