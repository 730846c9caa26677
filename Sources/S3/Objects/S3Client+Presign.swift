internal import SigV4
internal import Synchronization

extension S3Client {
    /// A URL with which anyone can read the object for so many seconds, or until the credentials end where that is sooner.
    ///
    /// It is signed for the region that the bucket turned out to be in, by the server's clock as far as requests have shown
    /// them. No request is made but for credentials. `signers` are whose signature it is; nil: the client's own.
    ///
    /// Throws `invalidRequest` for a lifetime other than 1 second to 7 days and for a bucket or key that cannot be one, and
    /// the codes of missing and ended credentials.
    public func presignedGet(
        _ bucket: String, _ key: String, expires: Int, signers: (any CredentialsProvider)? = nil
    ) async throws -> S3PresignedURL {
        let call = S3Call("GetObject", .get, bucket: bucket, key: key)
        try call.check(at: endpoint)
        let wording = wording(call)
        let credentials: Credentials
        do {
            credentials = try await (signers ?? self.credentials).credentials()
        } catch let error as CredentialsError {
            throw S3Error(error, wording)
        }
        let signedAt: SigningTime
        do {
            signedAt = try signingTime(clockOffset: clockOffset.load(ordering: .relaxed))
        } catch {
            throw S3Error(error, wording)
        }
        // By the server's clock, which is the one that ends them; whoever asks has another, so the earlier one is told.
        let now = signedAt.seconds
        var life = expires
        if let end = credentials.expiration, end.seconds - now < Int64(expires) {
            guard end.seconds > now else {
                throw S3Error(CredentialsError(.expired, "the credentials have expired: renew them"), wording)
            }
            life = Int(end.seconds - now)
        }
        do {
            let url = try signer.presignedURL(
                call, region: region(of: bucket), credentials: credentials, expires: life,
                at: signedAt)
            return S3PresignedURL(url, expiresAt: min(now, settings.clock.now) + Int64(life))
        } catch {
            throw S3Error(error, wording)
        }
    }
}
