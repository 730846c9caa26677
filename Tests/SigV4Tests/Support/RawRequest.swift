import Foundation
import Testing

@testable import SigV4

/// A request as the generic suites write it: plain text in the path, headers as they came.
struct RawRequest {
    let method: String
    let path: String
    let query: [QueryItem]
    let headers: [HeaderField]
    let body: [UInt8]

    init(_ text: String) throws {
        let text = text.replacing("\r\n", with: "\n")
        let end = text.firstRange(of: "\n\n")
        body = end.map { Array(text[$0.upperBound...].utf8) } ?? []
        var lines = text[..<(end?.lowerBound ?? text.endIndex)].split(separator: "\n").map(String.init)
        let first = lines.removeFirst()
        let space = try #require(first.firstIndex(of: " "))
        let version = try #require(first.range(of: " HTTP/1.1"))
        let target = first[first.index(after: space)..<version.lowerBound]
        method = String(first[..<space])
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        path = String(target[..<mark])
        query = try target[mark...].dropFirst().split(separator: "&").map { pair in
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            return QueryItem(try Self.decode(pair[..<equals]), try Self.decode(pair[equals...].dropFirst()))
        }
        headers = try Self.unfold(lines).map { line in
            let colon = try #require(line.firstIndex(of: ":"))
            return HeaderField(String(line[..<colon]), String(line[line.index(after: colon)...]))
        }
    }

    /// The value of a header.
    subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// What is to be signed, without the headers that the signer sets.
    func signingRequest() throws -> SigningRequest {
        let own = ["host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]
        return SigningRequest(
            method: method, origin: try Origin(scheme: .https, authority: try #require(self["host"])),
            path: RequestPath(head: path, tail: ""), query: query,
            headers: headers.filter { !own.contains($0.name.lowercased()) }, payload: try PayloadHash(of: body))
    }

    /// A line that begins with white space continues the one before, which HTTP reads as a space (RFC 9112 section 5.2).
    private static func unfold(_ lines: [String]) -> [String] {
        lines.reduce(into: []) { unfolded, line in
            if line.first == " ", let last = unfolded.popLast() {
                unfolded.append("\(last) \(line)")
            } else {
                unfolded.append(line)
            }
        }
    }

    private static func decode(_ text: Substring) throws -> String {
        String(decoding: try #require(PercentEncoding.decode(text)), as: UTF8.self)
    }
}
