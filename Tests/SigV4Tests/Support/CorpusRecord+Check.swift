import Foundation
import Testing

@testable import SigV4

extension CorpusRecord {
    /// Signs the request, and names every part in which the result differs from what is expected.
    func differences() throws -> [String] {
        let time = try #require(SigningTime(time))
        let request = try request()
        let signer = try signer()
        return kind == "presign"
            ? try presignDifferences(signer, request, time) : try headerDifferences(signer, request, time)
    }

    private func presignDifferences(
        _ signer: Signer, _ request: SigningRequest, _ time: SigningTime
    ) throws -> [String] {
        let expires = try #require(expires)
        let url = try signer.presign(request, expires: expires, at: time).text
        let trace = try signer.trace(presigning: request, expires: expires, at: time)
        return try differences(of: trace, request)
            + compare("url", Self.parts(url).address, Self.parts(expect.url).address)
            + compare("query", "\(Self.parts(url).query)", "\(Self.parts(expect.url).query)")
            + compare("signature", String(url.suffix(64)), expect.signature)
    }

    private func headerDifferences(
        _ signer: Signer, _ request: SigningRequest, _ time: SigningTime
    ) throws -> [String] {
        let fields = try signer.headers(for: request, at: time)
        let trace = try signer.trace(request, at: time)
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        return try differences(of: trace, request)
            + compare("authorization", value("authorization"), expect.authorization)
            + compare("date", value("x-amz-date"), self.time)
            + compare("payload hash", value("x-amz-content-sha256"), expect.payload_hash)
            + compare("token", value("x-amz-security-token"), credentials.session_token)
            + compare("url", Self.parts(request.url).address, Self.parts(expect.url).address)
            + compare("query", "\(Self.parts(request.url).query)", "\(Self.parts(expect.url).query)")
    }

    private func differences(of trace: SigningTrace, _ request: SigningRequest) throws -> [String] {
        let exact = trace.exactCanonicalRequest
        let lines = exact.split(separator: "\n", omittingEmptySubsequences: false)
        return compare("host", request.origin.host, expect.host.lowercased())
            + compare("path", String(lines[1]), expect.canonical_uri)
            + compare("signed headers", String(lines[lines.count - 2]), expect.signed_headers)
            + compare("canonical request", exact, expect.canonical_request ?? exact)
            + compare("its hash", try SHA256.hash(exact).hex, expect.canonical_request_sha256)
            + compare("string to sign", trace.stringToSign, expect.string_to_sign ?? trace.stringToSign)
    }

    private func compare(_ what: String, _ found: String?, _ expected: String?) -> [String] {
        // By bytes: Swift holds "é" and "e\u{301}" for equal.
        found.map { Array($0.utf8) } == expected.map { Array($0.utf8) }
            ? [] : ["\(id) \(what): \(found ?? "none") instead of \(expected ?? "none")"]
    }

    /// What precedes the query, byte for byte, and the query as decoded pairs in any order.
    private static func parts(_ url: String) throws -> (address: String, query: [String]) {
        let mark = url.firstIndex(of: "?") ?? url.endIndex
        let query = try url[mark...].dropFirst().split(separator: "&").map { pair in
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            let name = try #require(PercentEncoding.decode(pair[..<equals]))
            let value = try #require(PercentEncoding.decode(pair[equals...].dropFirst()))
            return "\(Hex.encode(name))=\(Hex.encode(value))"
        }
        let address = String(url[..<mark])
        // An authority alone and one with "/" are the same request.
        let isBare = address.split(separator: "/", omittingEmptySubsequences: false).count == 3
        return (isBare ? address + "/" : address, query.sorted())
    }
}
