import Foundation
import Testing

@testable import SigV4

/// A request that another implementation signed.
struct CorpusRecord: Decodable, Sendable {
    let id: String
    let kind: String
    let method: String
    let endpoint: String
    let addressing: String
    let bucket: String
    let key_hex: String?
    let region: String
    let service: String
    let time: String
    let credentials: Keys
    let query: [[String]]
    let headers: [[String]]
    let expires: Int?
    let wire_body_b64: String?
    let expect: Expected

    struct Keys: Decodable, Sendable {
        let access_key: String
        let secret_key: String
        let session_token: String?

        func credentials() throws -> Credentials {
            try Credentials(accessKeyID: access_key, secretAccessKey: secret_key, sessionToken: session_token)
        }
    }

    struct Expected: Decodable, Sendable {
        let url: String
        let host: String
        let canonical_uri: String
        let canonical_request: String?
        let canonical_request_sha256: String
        let string_to_sign: String?
        let signed_headers: String
        let payload_hash: String
        let signature: String
        let authorization: String?
    }

    func signer() throws -> Signer {
        try Signer(credentials: try credentials.credentials(), region: region, service: service)
    }

    /// The request, made of the inputs only.
    func request() throws -> SigningRequest {
        let separator = try #require(endpoint.range(of: "://"))
        let rest = endpoint[separator.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let isVirtual = addressing == "virtual"
        let authority = (isVirtual ? "\(bucket)." : "") + rest[..<slash]
        let base = rest[slash...] + (isVirtual ? "" : "/\(bucket)")
        var path = base.isEmpty ? RequestPath.root : try RequestPath(encoded: String(base))
        if let key_hex {
            let key = try #require(Hex.decode(key_hex))
            path = path.appending(raw: String(decoding: key, as: UTF8.self))
        } else if expect.canonical_uri == path.encoded + "/" {
            path = path.appending(raw: "")
        }
        return SigningRequest(
            method: method,
            origin: try Origin(
                scheme: try #require(Origin.Scheme(rawValue: String(endpoint[..<separator.lowerBound]))),
                authority: authority),
            path: path, query: query.map { QueryItem($0[0], $0[1]) },
            headers: headers.map { HeaderField($0[0], $0[1]) }, payload: try payload())
    }

    private func payload() throws -> PayloadHash {
        switch expect.payload_hash {
        case PayloadHash.unsigned.text: return .unsigned
        case PayloadHash.streamingUnsignedWithTrailer.text: return .streamingUnsignedWithTrailer
        default:
            let body = try #require(Data(base64Encoded: wire_body_b64 ?? ""))
            return try PayloadHash(of: Array(body))
        }
    }
}
