internal import HTTP
internal import SigV4

/// AWS Security Token Service: gives temporary credentials for a role.
///
/// Source: AWS Security Token Service API Reference, version 2011-06-15.
struct TokenService: Sendable {
    let requester: CredentialRequester
    /// Where it is, with a slash at the end: `https://sts.us-east-1.amazonaws.com/`.
    let url: String
    let region: String
    let now: @Sendable () -> Int64

    /// The service of a region, or the one that `AWS_ENDPOINT_URL_STS` names. Throws `incomplete` for a region that cannot be
    /// part of a host name.
    init(
        _ requester: CredentialRequester, environment: S3Environment, profileRegion: String?,
        now: @escaping @Sendable () -> Int64
    ) throws(CredentialsError) {
        let region = environment.region ?? profileRegion ?? S3Environment.defaultRegion
        let isHostLabel = region.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte)
        }
        guard isHostLabel, region.utf8.count <= 63 else {
            throw CredentialsError(
                .incomplete, "the region is no region of AWS: set AWS_REGION to one, such as eu-central-1")
        }
        self.requester = requester
        self.region = region
        self.now = now
        if let endpoint = environment["AWS_ENDPOINT_URL_STS"] {
            url = endpoint.hasSuffix("/") ? endpoint : endpoint + "/"
        } else {
            url = "https://sts.\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")/"
        }
    }

    /// Credentials for a role, asked for in the name of `caller`. Throws `CredentialsError` and `CancellationError`.
    func assume(_ request: RoleRequest, as caller: Credentials) async throws -> Credentials {
        let body = FormBody.encode(fields(of: request, action: "AssumeRole"))
        let type = HeaderField("content-type", Self.contentType)
        var headers: HTTPHeaders = [type.name: type.value]
        do {
            let (origin, path) = try Self.split(url)
            let signed = SigningRequest(
                method: "POST", origin: origin, path: path, headers: [type], payload: try PayloadHash(of: body))
            let signer = try Signer(credentials: caller, region: region, service: "sts", rules: .generic)
            for field in try signer.headers(for: signed, at: SigningTime(seconds: now())) {
                headers.append(field.name, field.value)
            }
        } catch {
            throw CredentialsError(
                .incomplete, "the request for the role of \(request.origin) cannot be signed: \(error.message)")
        }
        return try await send(body, headers, TokenServiceReply(action: "AssumeRole", origin: request.origin))
    }

    /// Credentials for a role, for the bearer of a token of another identity provider, which is not signed.
    ///
    /// Throws `CredentialsError` and `CancellationError`.
    func assume(_ request: RoleRequest, withWebIdentity token: String) async throws -> Credentials {
        let action = "AssumeRoleWithWebIdentity"
        let body = FormBody.encode(fields(of: request, action: action) + [("WebIdentityToken", token)])
        return try await send(
            body, ["content-type": Self.contentType], TokenServiceReply(action: action, origin: request.origin))
    }

    private static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    private func fields(of request: RoleRequest, action: String) -> [(name: String, value: String)] {
        var fields = [
            ("Action", action), ("Version", "2011-06-15"), ("RoleArn", request.role),
            ("RoleSessionName", request.sessionName ?? "s3cache-\(now())"),
        ]
        if let externalID = request.externalID { fields.append(("ExternalId", externalID)) }
        if let duration = request.duration { fields.append(("DurationSeconds", "\(duration)")) }
        return fields.map { (name: $0.0, value: $0.1) }
    }

    private func send(
        _ body: [UInt8], _ headers: HTTPHeaders, _ reply: TokenServiceReply
    ) async throws -> Credentials {
        var request = HTTPRequest(.post, url, headers: headers, body: .bytes(body))
        request.timeouts.total = .seconds(15)
        do {
            return try reply.credentials(in: try await requester.send(request))
        } catch let error as HTTPError {
            throw CredentialsError(
                .sourceFailed,
                "the token service for \(reply.origin) cannot be asked: \(error.message); check AWS_REGION and the network"
            )
        }
    }

    /// Origin and path of a URL without query.
    private static func split(_ url: String) throws(SigningError) -> (Origin, RequestPath) {
        let isSecure = url.hasPrefix("https://")
        guard isSecure || url.hasPrefix("http://") else {
            throw SigningError(.invalidOrigin, "AWS_ENDPOINT_URL_STS is neither an http nor an https URL")
        }
        let rest = url.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        let path = rest[authority.endIndex...]
        return (
            try Origin(scheme: isSecure ? .https : .http, authority: String(authority)),
            try RequestPath(encoded: path.isEmpty ? "/" : String(path))
        )
    }
}
