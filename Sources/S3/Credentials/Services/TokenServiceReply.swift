internal import HTTP
internal import SigV4

/// Understands what the token service answers to one action.
struct TokenServiceReply: Sendable {
    /// The action: `AssumeRole`.
    let action: String
    /// For whom it was asked, for messages.
    let origin: String

    /// The credentials of an answer. Throws `CredentialsError`, whose message shows nothing of the answer but a code that is
    /// known here.
    func credentials(in response: HTTPResponse) throws(CredentialsError) -> Credentials {
        let texts = SimpleXML(response.body)?.texts ?? [:]
        guard response.status == 200 else { throw refusal(response.status, texts["ErrorResponse/Error/Code"] ?? "") }
        let path = "\(action)Response/\(action)Result/Credentials/"
        guard let id = texts[path + "AccessKeyId"], let secret = texts[path + "SecretAccessKey"],
            let token = texts[path + "SessionToken"],
            let end = texts[path + "Expiration"].flatMap({ CredentialTime.parse($0.trimmingASCIISpace()) })
        else {
            throw CredentialsError(.sourceFailed, "the token service gave no credentials for \(origin)")
        }
        return try Credentials.checked(
            id, secret, token, expiration: end, source: "the token service's answer", remedy: "ask its operator")
    }

    private func refusal(_ status: Int, _ code: String) -> CredentialsError {
        switch code {
        case "AccessDenied", "AccessDeniedException":
            CredentialsError(
                .refused,
                "the role of \(origin) may not be assumed (AccessDenied): check role_arn and the role's trust policy")
        case "ExpiredToken", "ExpiredTokenException":
            CredentialsError(
                .expired, "the role of \(origin) cannot be assumed (\(code)): what it is asked with has ended; renew it"
            )
        case "InvalidIdentityToken", "IDPRejectedClaim":
            CredentialsError(
                .refused,
                "the web identity token for \(origin) is not accepted (\(code)): check its issuer and audience")
        case "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "IncompleteSignature",
            "AuthFailure":
            CredentialsError(
                .refused, "the keys that the role of \(origin) is asked with are not accepted (\(code)): correct them")
        case "RegionDisabledException":
            CredentialsError(.refused, "the token service is not activated in this region: set AWS_REGION to another")
        case "ValidationError", "MalformedPolicyDocument", "PackedPolicyTooLarge":
            CredentialsError(
                .refused,
                "the role of \(origin) is not asked for as it must be (\(code)): check role_arn, session name, duration"
            )
        case "IDPCommunicationError", "Throttling", "ThrottlingException", "RequestLimitExceeded", "InternalFailure",
            "ServiceUnavailable":
            CredentialsError(
                .sourceFailed, "the token service could not give credentials for \(origin) now (\(code)): try again")
        default:
            CredentialsError(
                (400..<500).contains(status) && status != 429 && status != 408 ? .refused : .sourceFailed,
                "the token service answered \(status) for \(origin)")
        }
    }
}
