import Testing

/// An example of the Amazon S3 API Reference.
struct DocumentedExample: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let kind: String
    let access_key: String
    let secret_key: String
    let region: String
    let service: String
    let signature: String
    var timestamp: String?
    var method: String?
    var canonical_uri: String?
    var key: String?
    var query_params: [[String]]?
    var signed_headers: [String: String]?
    var payload_hash: String?
    var body: String?
    var canonical_request: String?
    var string_to_sign: String?
    var expires: Int?
    var url: String?
    var chunks: [Chunk]?
    var trailer: Trailer?
    var date: String?
    var policy: String?
    var policy_base64: String?

    struct Chunk: Decodable, Sendable {
        let size: Int
        let fill: String
        let signature: String
    }

    struct Trailer: Decodable, Sendable {
        let canonical: String
        let signature: String
    }

    var testDescription: String { name }
}
