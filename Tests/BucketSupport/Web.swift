internal import HTTP

/// What anyone on the web does with a URL: no credentials, no S3 client.
public enum Web {
    /// Asks for a URL; gives the status and the body.
    public static func get(_ url: String) async throws -> (status: Int, bytes: [UInt8]) {
        try await send(HTTPRequest(.get, url))
    }

    /// Puts bytes to a URL; gives the status and the body.
    public static func put(
        _ url: String, _ bytes: [UInt8], contentType: String
    ) async throws -> (status: Int, bytes: [UInt8]) {
        var headers = HTTPHeaders()
        headers.append("content-type", contentType)
        return try await send(HTTPRequest(.put, url, headers: headers, body: .bytes(bytes)))
    }

    private static func send(_ request: HTTPRequest) async throws -> (status: Int, bytes: [UInt8]) {
        let http = try HTTPClient()
        do {
            let response = try await http.send(request, bodyLimit: 1 << 20)
            await http.close()
            return (response.status, response.body)
        } catch {
            await http.close()
            throw error
        }
    }
}
