internal import SigV4
internal import Synchronization

extension S3Client {
    /// Whether the error says what was wrong with the request, and it was put right: region, clock or credentials.
    func correct(
        _ error: S3Error, _ call: S3Call, region: String, _ used: Credentials, clockOffset: Int64,
        _ attempts: inout Attempts
    ) async throws -> Bool {
        guard let status = error.status, (300..<500).contains(status) else { return false }
        if !attempts.hasCorrectedRegion, correctRegion(error, call, used: region) {
            attempts.hasCorrectedRegion = true
            return true
        }
        if !attempts.hasCorrectedClock, correctClock(error, used: clockOffset) {
            attempts.hasCorrectedClock = true
            return true
        }
        if !attempts.hasRenewedCredentials, Self.mayBeCredentials(error, call) {
            attempts.hasRenewedCredentials = true
            return try await renew(used)
        }
        return false
    }

    private func correctRegion(_ error: S3Error, _ call: S3Call, used: String) -> Bool {
        guard let hint = error.regionHint, hint != used, call.operation != "CreateBucket" else { return false }
        switch error.code {
        case .wrongRegion: break
        // A HEAD has no code; a signature for another region is refused in many ways.
        case .invalidRequest, .accessDenied, .invalidCredentials:
            guard call.isHead || error.serviceCode == nil else { return false }
        default: return false
        }
        regions.keep(hint, of: call.bucket)
        return true
    }

    /// Takes the server's time for ours where they differ so much that signatures are refused: servers allow 15 minutes,
    /// and a difference of 4 cannot be the time that the response took. `used` is what the refused request was signed with:
    /// another one may have corrected the clock meanwhile.
    private func correctClock(_ error: S3Error, used: Int64) -> Bool {
        guard let serverTime = error.serverTime else { return false }
        let now = settings.clock.now
        let (offset, overflow) = serverTime.subtractingReportingOverflow(now)
        guard !overflow else { return false }
        let (difference, isFar) = offset.subtractingReportingOverflow(used)
        guard !isFar else { return false }
        let isSkewed = difference.magnitude > 240 && (error.status == 403 || error.code == .clockSkewed)
        guard isSkewed || (error.code == .clockSkewed && difference != 0) else { return false }
        clockOffset.store(offset, ordering: .relaxed)
        return true
    }

    private static func mayBeCredentials(_ error: S3Error, _ call: S3Call) -> Bool {
        switch error.code {
        case .expiredCredentials: true
        case .invalidCredentials: error.serviceCode == "InvalidToken" || error.serviceCode == "InvalidAccessKeyId"
        // AWS answers HEAD with 400 when the token has ended.
        case .invalidRequest: call.isHead && error.status == 400
        default: false
        }
    }

    /// Asks for other credentials than the refused ones; false where there are none.
    private func renew(_ used: Credentials) async throws -> Bool {
        await credentials.discard(used)
        do {
            return try await credentials.credentials() != used
        } catch is CredentialsError {
            return false
        }
    }
}
