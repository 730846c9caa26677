/// What AWS calls security credentials: an access key id, its secret and, for temporary ones, a session token.
///
/// Descriptions and dumps show neither secret nor token, and of the access key id only the last four characters.
public struct Credentials: Hashable, Sendable {
    /// The public half: `AKIA…`, or `ASIA…` for temporary ones.
    public let accessKeyID: String
    /// When temporary credentials end, where that is known. The signer does not look at it.
    public let expiration: SigningTime?

    let secret: Secret
    let token: Secret?

    /// Takes the parts as the service gave them. An empty session token means none.
    ///
    /// Throws `invalidCredentials` if the id or the secret is empty, the id has a character that a credential scope
    /// cannot hold, or one of them has white space around it or a control character in it (a line break that was pasted
    /// along, as a rule).
    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: SigningTime? = nil
    ) throws(SigningError) {
        let isScopePart = accessKeyID.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x2f && $0 != 0x2c }
        guard !accessKeyID.isEmpty, isScopePart else {
            throw SigningError(
                .invalidCredentials, "the access key id is empty, or has white space, a slash or a comma in it")
        }
        guard !secretAccessKey.isEmpty, Self.isClean(secretAccessKey) else {
            throw SigningError(
                .invalidCredentials, "the secret access key is empty, or has white space or a line break around it")
        }
        guard Self.isClean(sessionToken ?? "") else {
            throw SigningError(.invalidCredentials, "the session token has white space or a line break around it")
        }
        self.accessKeyID = accessKeyID
        self.expiration = expiration
        secret = try Secret(secretAccessKey)
        if let sessionToken, !sessionToken.isEmpty {
            token = try Secret(sessionToken)
        } else {
            token = nil
        }
    }

    /// What goes along with each request of temporary ones; nil for others. Treat it like a password.
    public var sessionToken: String? { token?.text }

    /// Whether a session token goes along with each request.
    public var areTemporary: Bool { token != nil }

    /// The access key id with all but its last four characters hidden.
    public var maskedAccessKeyID: String {
        accessKeyID.utf8.count > 4 ? "****\(accessKeyID.suffix(4))" : "****"
    }

    private static func isClean(_ text: String) -> Bool {
        text.utf8.first != 0x20 && text.utf8.last != 0x20 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The masked access key id, and whether the credentials are temporary.
    public var description: String {
        "Credentials(\(maskedAccessKeyID)\(areTemporary ? ", temporary" : ""))"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: no secret.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "accessKeyID": maskedAccessKeyID, "areTemporary": areTemporary,
                "expiration": expiration?.description ?? "none",
            ])
    }
}
