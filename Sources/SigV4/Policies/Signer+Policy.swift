extension Signer {
    /// Signs a POST policy, adding the conditions for the fields that it returns. Throws `hashUnavailable`.
    ///
    /// Source: "Authenticating Requests in Browser-Based Uploads Using POST (AWS Signature Version 4)", Amazon S3 API
    /// Reference.
    public func sign(_ policy: PostPolicy, at time: SigningTime) throws(SigningError) -> SignedPolicy {
        let key = try key(on: time.day)
        var own = [
            SignedPolicy.Field(name: "x-amz-algorithm", value: "AWS4-HMAC-SHA256"),
            SignedPolicy.Field(name: "x-amz-credential", value: credential(key.scope)),
            SignedPolicy.Field(name: "x-amz-date", value: time.description),
        ]
        if let token = credentials.token {
            own.append(SignedPolicy.Field(name: "x-amz-security-token", value: token.text))
        }
        let document = policy.document(adding: own.map { .equals($0.name, $0.value) })
        let encoded = Base64.encode(Array(document.utf8))
        return SignedPolicy(
            fields: [SignedPolicy.Field(name: "policy", value: encoded)] + own + [
                SignedPolicy.Field(name: "x-amz-signature", value: try key.signature(of: encoded))
            ])
    }
}
