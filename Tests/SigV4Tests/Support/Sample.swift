@testable import SigV4

/// The credentials and requests of tests that need just any.
enum Sample {
    static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    static let token = "FwoGZXIvYXdzEXAMPLETOKEN//+=="

    static func signer(
        token: String? = nil, rules: SigningRules = .s3, keys: SigningKeyCache = SigningKeyCache()
    ) throws -> Signer {
        try Signer(
            credentials: try Credentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: secret, sessionToken: token),
            region: "us-east-1", service: "s3", rules: rules, keys: keys)
    }

    static func request(
        _ path: String = "/test.txt", method: String = "GET", query: [QueryItem] = [], headers: [HeaderField] = [],
        payload: PayloadHash = .unsigned
    ) throws -> SigningRequest {
        SigningRequest(
            method: method, origin: try Origin(scheme: .https, authority: "examplebucket.s3.amazonaws.com"),
            path: RequestPath(raw: path), query: query, headers: headers, payload: payload)
    }

    /// The instant that a text names; the epoch if it names none.
    static func time(_ text: String = "20130524T000000Z") -> SigningTime {
        SigningTime(text) ?? SigningTime(checked: 0)
    }
}
