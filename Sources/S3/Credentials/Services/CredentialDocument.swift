#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import SigV4

/// The JSON in which programs, containers and instances give credentials.
struct CredentialDocument: Decodable, ContentHidden {
    /// How large one may be, in bytes.
    static let sizeLimit = 64 << 10

    /// The version of the form: programs must say 1.
    let version: Int?
    /// What an instance says of its role: `Success`.
    let code: String?
    private let id: String?
    private let secret: String?
    private let sessionToken: String?
    private let token: String?
    private let expiration: String?

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case code = "Code"
        case id = "AccessKeyId"
        case secret = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case token = "Token"
        case expiration = "Expiration"
    }

    /// Reads it. Throws `sourceFailed`, without showing it: programs and services that are starting up print other things.
    init(_ bytes: [UInt8], source: String) throws(CredentialsError) {
        do {
            self = try JSONDecoder().decode(CredentialDocument.self, from: Data(bytes))
        } catch {
            throw CredentialsError(.sourceFailed, "\(source) gave something else than credentials in JSON")
        }
    }

    /// What it holds. Throws `incomplete` where a part is missing or cannot be right.
    func credentials(source: String, remedy: String) throws(CredentialsError) -> Credentials {
        guard let id, let secret else {
            throw CredentialsError(
                .incomplete, "\(source) gave no AccessKeyId and SecretAccessKey; \(remedy)")
        }
        var end: SigningTime?
        if let expiration, !expiration.isEmpty {
            end = CredentialTime.parse(expiration)
            guard end != nil else {
                throw CredentialsError(.incomplete, "\(source) gave an Expiration that is no time; \(remedy)")
            }
        }
        return try Credentials.checked(
            id, secret, sessionToken ?? token, expiration: end, source: source, remedy: remedy)
    }
}
