internal import SigV4

extension Credentials {
    /// Credentials of what a source gave. Throws `incomplete`, showing nothing of it, where that cannot be right.
    static func checked(
        _ id: String, _ secret: String, _ token: String?, expiration: SigningTime? = nil, source: String,
        remedy: String
    ) throws(CredentialsError) -> Credentials {
        do {
            return try Credentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: expiration)
        } catch {
            throw CredentialsError(.incomplete, "\(source) cannot be used: \(error.message); \(remedy)")
        }
    }
}
