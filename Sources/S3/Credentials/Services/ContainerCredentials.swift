internal import HTTP
internal import SigV4

/// Credentials from the agent of a container platform (ECS, EKS pod identity, or one that follows them).
///
/// Source: "Container credential provider", AWS SDKs and Tools Reference Guide.
struct ContainerCredentials: ChainLink {
    let environment: S3Environment
    let requester: CredentialRequester

    func loadIfConfigured() async throws -> Credentials? {
        guard let url = try url() else { return nil }
        var headers: HTTPHeaders = ["accept": "application/json"]
        if let token = try authorizationToken() { headers.append("authorization", token) }
        var request = HTTPRequest(.get, url, headers: headers)
        request.timeouts.connect = .seconds(2)
        request.timeouts.total = .seconds(10)
        let response: HTTPResponse
        do {
            response = try await requester.send(request)
        } catch let error as HTTPError {
            throw CredentialsError(.sourceFailed, "the container's credentials cannot be had: \(error.message)")
        }
        guard response.status == 200 else {
            let isRefusal = (400..<500).contains(response.status) && response.status != 429
            throw CredentialsError(
                isRefusal ? .refused : .sourceFailed,
                "the container's credentials endpoint answered \(response.status): check the role that is given to it")
        }
        return try CredentialDocument(response.body, source: Self.name)
            .credentials(source: Self.name, remedy: "check the role that is given to the container")
    }

    private static let name = "the container's credentials endpoint"
    private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    /// Where to ask; nil where nothing is set up. Throws `incomplete` for a URL that credentials must not come from.
    func url() throws(CredentialsError) -> String? {
        if let path = environment[Self.relative] {
            guard path.hasPrefix("/") else {
                throw CredentialsError(.incomplete, "\(Self.relative) is no path: it must begin with '/'")
            }
            return "http://169.254.170.2" + path
        }
        guard let url = environment[Self.full] else { return nil }
        if url.lowercased().hasPrefix("https://") { return url }
        guard url.lowercased().hasPrefix("http://"), Self.isTrusted(Self.host(of: url.dropFirst(7))) else {
            throw CredentialsError(
                .incomplete,
                "\(Self.full) is refused: without https it may only name this machine (a loopback address) or "
                    + "169.254.170.2, 169.254.170.23 or [fd00:ec2::23]")
        }
        return url
    }

    private static func host(of rest: Substring) -> String {
        let authority = rest.prefix { !"/?#".contains($0) }
        if authority.first == "[" { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    private static func isTrusted(_ host: String) -> Bool {
        if host == "localhost" { return true }
        guard let address = IPAddress(host) else { return false }
        if address.isIPv4 && address.bytes.first == 127 { return true }
        return [IPAddress("::1"), IPAddress("169.254.170.2"), IPAddress("169.254.170.23"), IPAddress("fd00:ec2::23")]
            .contains(address)
    }

    /// What the agent wants to see; a file counts before the variable and is read each time.
    private func authorizationToken() throws(CredentialsError) -> String? {
        let variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
        let token: String?
        if let path = environment[variable + "_FILE"] {
            guard let bytes = try SmallFile.read(path, limit: 64 << 10) else {
                throw CredentialsError(.incomplete, "\(path), which \(variable)_FILE names, does not exist")
            }
            token = String(decoding: bytes, as: UTF8.self).trimmingASCIISpace()
        } else {
            token = environment[variable]
        }
        guard let token else { return nil }
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw CredentialsError(.incomplete, "\(variable) or its file is empty or has a line break in it")
        }
        return token
    }
}
