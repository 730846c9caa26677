package import Core
internal import S3
internal import SigV4

extension S3StoreProvider: SigningKeySource {
    /// The credential of a profile that caches may choose or, for those that choose none, of the profile that the environment
    /// names for the purpose (`S3CACHE_PRESIGN_PROFILE`, `S3CACHE_UPLOAD_PROFILE`), else the worker's own.
    package func credential(
        of profile: String?, for purpose: SigningKeyScope.Purpose
    ) async throws -> SigningCredential {
        let name = try self.profile(profile, for: purpose)
        let credentials: Credentials
        do {
            credentials = try await source(of: name).provider.credentials()
        } catch let error as CredentialsError {
            throw StoreError(
                error.storeCode, "There are no credentials to make signing keys of: \(error.message).",
                operation: "Presign", bucket: "")
        }
        return SigningCredential(
            accessKeyID: credentials.accessKeyID, sessionToken: credentials.sessionToken,
            obtainedAt: arrivals.time(of: credentials, from: name),
            expiresAt: credentials.expiration.map { Timestamp(seconds: $0.seconds, nanoseconds: 0) }
        ) { region, day in
            do {
                let scope = try CredentialScope(day: SigningDay(number: day), region: region, service: "s3")
                let key = try SigningKey(credentials: credentials, scope: scope)
                return DerivedSigningKey(day: day, innerPad: key.innerPad, outerPad: key.outerPad)
            } catch let error as SigningError {
                throw StoreError(
                    .configurationInvalid, "No signing key can be made: \(error.message).", operation: "Presign",
                    bucket: "")
            }
        }
    }

    private func profile(_ chosen: String?, for purpose: SigningKeyScope.Purpose) throws -> String? {
        guard let chosen else {
            switch purpose {
            case .presign: return environment.presignProfile
            case .upload: return environment.uploadProfile
            }
        }
        guard policy.allows(profile: chosen) else {
            throw StoreError(
                .configurationInvalid,
                "Caches choose the profile \(ObjectKey(chosen).quoted), which this worker may not use for caches; add it to "
                    + "S3CACHE_ALLOWED_PROFILES in the worker's environment, or reset the setting credentials.",
                operation: "Presign", bucket: "")
        }
        return chosen
    }
}

extension CredentialsError {
    /// The same in the terms of the port.
    fileprivate var storeCode: StoreError.Code {
        switch code {
        case .expired: .credentialsExpired
        case .refused: .credentialsInvalid
        case .sourceFailed: .credentialsUnavailable
        case .missing, .incomplete, .noSuchProfile: .credentialsMissing
        }
    }
}
