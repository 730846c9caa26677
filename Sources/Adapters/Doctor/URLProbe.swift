internal import HTTP

/// Asks for a URL as a browser would, without credentials.
package struct URLProbe: Sendable {
    /// What came back.
    package enum Answer: Hashable, Sendable {
        /// What was expected.
        case asExpected
        /// Something else, with a status that says that all is well.
        case somethingElse
        /// Another status.
        case status(Int)
        /// Nothing; why, in a few words.
        case nothing(String)
    }

    private let authorityBundlePath: String?

    /// A probe that trusts the authorities of a PEM file, nil: the system's.
    package init(authorityBundlePath: String?) { self.authorityBundlePath = authorityBundlePath }

    /// What a GET of a URL brings; redirects are not followed. Throws `CancellationError` only.
    package func get(_ url: String, expecting bytes: [UInt8]) async throws -> Answer {
        do {
            let client = try HTTPClient()
            let answer = try await answer(url, bytes, client)
            await client.close()
            return answer
        } catch let error as HTTPError {
            return .nothing(error.message)
        }
    }

    private func answer(_ url: String, _ bytes: [UInt8], _ client: HTTPClient) async throws -> Answer {
        var request = HTTPRequest(.get, url)
        request.timeouts.total = .seconds(30)
        request.tls = HTTPTLSOptions(authorityBundlePath: authorityBundlePath)
        do {
            let response = try await client.send(request, bodyLimit: 1 << 20)
            guard response.status == 200 else { return .status(response.status) }
            return response.body == bytes ? .asExpected : .somethingElse
        } catch let error as HTTPError {
            return .nothing(error.message)
        }
    }
}
