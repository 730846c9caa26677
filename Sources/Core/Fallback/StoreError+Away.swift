extension StoreError {
    /// Whether the store could not be asked, or not answer for itself: nothing speaks against what it was asked to do, so a copy
    /// may be served in the meantime.
    public var meansStoreIsAway: Bool {
        switch code {
        case .endpointUnreachable, .unavailable, .credentialsUnavailable: true
        case .noSuchBucket, .noSuchKey, .accessDenied, .credentialsMissing, .credentialsInvalid, .credentialsExpired,
            .wrongRegion, .certificateRefused, .clockSkewed, .configurationInvalid, .requestRefused, .malformedResponse,
            .checksumMismatch, .invalidKey, .malformedListing, .unsupportedBucket, .tooLarge, .heldBack, .alreadyExists,
            .preconditionFailed, .inputOutput, .notOffered:
            false
        }
    }
}
