internal import HTTP
internal import SigV4
internal import Synchronization

/// Credentials of the role of an EC2 instance, by version 2 of its metadata service.
///
/// Where the service does not answer, or the instance has no role, this source counts as not set up: unless it has given
/// credentials before, for then that is a failure.
///
/// Source: "Retrieve security credentials from instance metadata", Amazon EC2 User Guide.
final class InstanceMetadata: ChainLink {
    private let environment: S3Environment
    private let requester: CredentialRequester
    private let hasWorked = Atomic(false)

    init(environment: S3Environment, requester: CredentialRequester) {
        self.environment = environment
        self.requester = requester
    }

    func loadIfConfigured() async throws -> Credentials? {
        guard !isDisabled else { return nil }
        if let credentials = try await load() {
            hasWorked.store(true, ordering: .relaxed)
            return credentials
        }
        guard hasWorked.load(ordering: .relaxed) else { return nil }
        throw CredentialsError(
            .sourceFailed, "\(Self.name) gives no credentials any more: check the role of the instance")
    }

    private func load() async throws -> Credentials? {
        guard let token = try await sessionToken() else { return nil }
        guard let role = try await role(token) else { return nil }
        let response = try await get(Self.rolesPath + role, token)
        guard response.status == 200 else {
            throw CredentialsError(
                .sourceFailed, "the instance metadata service answered \(response.status) for the instance's role")
        }
        let document = try CredentialDocument(response.body, source: Self.name)
        guard document.code == nil || document.code == "Success" else {
            throw CredentialsError(
                .refused, "the instance's role cannot be used: check its trust policy and its instance profile")
        }
        return try document.credentials(source: Self.name, remedy: "check the role of the instance")
    }

    private static let name = "the instance metadata service"
    private static let rolesPath = "/latest/meta-data/iam/security-credentials/"

    /// Whether `AWS_EC2_METADATA_DISABLED` says true.
    var isDisabled: Bool { environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" }

    /// Where the service is, without a slash at the end.
    var endpoint: String {
        if let endpoint = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] {
            return endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        }
        let usesIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        return usesIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }

    /// The token that the further requests need; nil when there is no such service here.
    private func sessionToken() async throws -> String? {
        var request = HTTPRequest(
            .put, endpoint + "/latest/api/token", headers: ["x-aws-ec2-metadata-token-ttl-seconds": "21600"])
        limit(&request)
        let response: HTTPResponse
        do {
            response = try await requester.send(request)
        } catch let error as HTTPError where error.code != .invalidURL {
            // Nobody is there. Behind a container's network that is so too where the hop limit is 1.
            return nil
        } catch is HTTPError {
            throw CredentialsError(.incomplete, "AWS_EC2_METADATA_SERVICE_ENDPOINT is not a URL")
        }
        switch response.status {
        case 200: break
        case 400..<500: return nil
        default: throw CredentialsError(.sourceFailed, "\(Self.name) answered \(response.status)")
        }
        let token = String(decoding: response.body, as: UTF8.self)
        // Some other server, which answers everything.
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        return token
    }

    /// The name of the instance's role; nil when it has none.
    private func role(_ token: String) async throws -> String? {
        let response = try await get(Self.rolesPath, token)
        if response.status == 404 { return nil }
        guard response.status == 200 else {
            throw CredentialsError(.sourceFailed, "\(Self.name) answered \(response.status) instead of the role")
        }
        let name = response.body.prefix { $0 != 0x0a && $0 != 0x0d }
        let isName = name.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "+=,.@_-".utf8.contains(byte)
        }
        guard !name.isEmpty else { return nil }
        guard isName, name.count <= 128 else {
            throw CredentialsError(.sourceFailed, "\(Self.name) gave something else than the name of a role")
        }
        return String(decoding: name, as: UTF8.self)
    }

    private func get(_ path: String, _ token: String) async throws -> HTTPResponse {
        var request = HTTPRequest(.get, endpoint + path, headers: ["x-aws-ec2-metadata-token": token])
        limit(&request)
        do {
            return try await requester.send(request)
        } catch let error as HTTPError {
            throw CredentialsError(.sourceFailed, "\(Self.name) cannot be asked: \(error.message)")
        }
    }

    private func limit(_ request: inout HTTPRequest) {
        request.timeouts.connect = .seconds(1)
        request.timeouts.total = .seconds(2)
    }
}
