import HTTP
import TestSupport
import Testing

/// Runs `body` with a client of its own, and closes it.
func withClient<Result>(
    _ change: (inout HTTPClientSettings) -> Void = { _ in }, _ body: (HTTPClient) async throws -> Result
) async throws -> Result {
    var settings = HTTPClientSettings()
    // However busy the machine is, connections do not grow too old between two requests of a test.
    settings.maximumIdleAge = .seconds(600)
    change(&settings)
    let client = try HTTPClient(settings)
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

/// The error that `body` throws, as an HTTPError; nil when it throws none.
func httpError(_ body: () async throws -> Void) async throws -> HTTPError? {
    do {
        try await body()
        return nil
    } catch let error as HTTPError {
        return error
    }
}

extension HTTPClient {
    /// GET with a limit of one MiB.
    func get(_ url: String, headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await send(HTTPRequest(.get, url, headers: headers), bodyLimit: 1 << 20)
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A response with this body.
func ok(_ body: String = "", _ headers: String...) -> String {
    let lines = ["HTTP/1.1 200 OK", "Content-Length: \(body.utf8.count)"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}

/// Bytes that differ from place to place.
func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    // A prime, so that the repetitions fall on other places of any buffer.
    let block = (0..<min(count, 65_521)).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 31 &+ ($0 >> 8)) }
    while bytes.count < count { bytes += block.prefix(count - bytes.count) }
    return bytes
}
