internal import SigV4

/// Takes on a role with the token that a platform keeps fresh in a file.
struct WebIdentity: Sendable {
    let tokenPath: String
    let request: RoleRequest
    let service: TokenService

    /// Reads the token anew and asks. Throws `CredentialsError` and `CancellationError`.
    func load() async throws -> Credentials {
        guard let bytes = try SmallFile.read(tokenPath, limit: 64 << 10) else {
            throw CredentialsError(
                .incomplete, "\(tokenPath), the web identity token file of \(request.origin), does not exist")
        }
        let token = String(decoding: bytes, as: UTF8.self).trimmingASCIISpace()
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw CredentialsError(
                .incomplete, "\(tokenPath), the web identity token file of \(request.origin), has no token in it")
        }
        return try await service.assume(request, withWebIdentity: token)
    }
}
