/// The key that signs: derived from a secret for one UTC day, one region and one service.
///
/// Whoever has it can sign any request within its scope, but cannot get at the secret. Its pads let a signer elsewhere
/// that has plain SHA-256 only compute the same signatures:
/// `sha256(outerPad ‖ sha256(innerPad ‖ string to sign))`.
///
/// Source: "Create a signed AWS API request", step 4; RFC 2104.
public struct SigningKey: Sendable {
    /// Where it is valid.
    public let scope: CredentialScope

    let code: HMACSHA256

    /// Derives the key: HMAC over day, region, service and `aws4_request`, one after the other. Throws
    /// `hashUnavailable`.
    public init(credentials: Credentials, scope: CredentialScope) throws(SigningError) {
        var secret = Array("AWS4".utf8)
        secret.append(contentsOf: credentials.secret.text.utf8)
        var code = try HMACSHA256(key: secret)
        for part in [scope.day.description, scope.region, scope.service, "aws4_request"] {
            code = try HMACSHA256(key: try code.authenticate(Array(part.utf8)).bytes)
        }
        self.scope = scope
        self.code = code
    }

    /// 64 bytes: the key XOR 0x36, filled up to the block of SHA-256. As secret as the key.
    public var innerPad: [UInt8] { code.innerPad }

    /// 64 bytes: the key XOR 0x5c, filled up to the block of SHA-256. As secret as the key.
    public var outerPad: [UInt8] { code.outerPad }

    /// The signature of a string to sign: 64 lower-case hexadecimal digits. Throws `hashUnavailable`.
    public func signature(of stringToSign: String) throws(SigningError) -> String {
        try code.authenticate(Array(stringToSign.utf8)).hex
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The scope only.
    public var description: String { "SigningKey(\(scope))" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: the scope only.
    public var customMirror: Mirror { Mirror(self, children: ["scope": scope.description]) }
}
