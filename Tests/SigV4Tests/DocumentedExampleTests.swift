import Testing

@testable import SigV4

@Suite("The examples of the Amazon S3 API Reference give the printed signatures")
struct DocumentedExampleTests {
    private static func examples(_ kinds: String...) throws -> [DocumentedExample] {
        try Vectors.documented().filter { kinds.contains($0.kind) }
    }

    @Test("all eight are there, and of kinds that are tested")
    func kinds() throws {
        let kinds = try Vectors.documented().prefix(8).map(\.kind)
        let headers = [String](repeating: "header", count: 4)
        #expect(kinds.sorted() == ["chunked", "chunked-trailer"] + headers + ["post", "query"])
        let known: Set = ["chunked", "chunked-trailer", "header", "post", "query"]
        #expect(try Vectors.documented().allSatisfy { known.contains($0.kind) })
    }

    @Test("headers", arguments: try examples("header", "chunked", "chunked-trailer"))
    func headers(_ example: DocumentedExample) throws {
        let request = try Self.request(example)
        let time = try #require(SigningTime(example.timestamp ?? ""))
        let signer = try Self.signer(example)
        let trace = try signer.trace(request, at: time)
        #expect(trace.exactCanonicalRequest == example.canonical_request)
        #expect(trace.stringToSign == example.string_to_sign)
        let authorization = try #require(try signer.headers(for: request, at: time).last)
        #expect(authorization.value.hasSuffix("Signature=\(example.signature)"))
        if let body = example.body { #expect(try PayloadHash(of: Array(body.utf8)).text == example.payload_hash) }
    }

    @Test("a presigned URL", arguments: try examples("query"))
    func query(_ example: DocumentedExample) throws {
        let time = try #require(SigningTime(example.timestamp ?? ""))
        let expires = try #require(example.expires)
        let url = try Self.signer(example).presign(try Self.request(example), expires: expires, at: time)
        #expect(url.text == example.url)
    }

    @Test("chunks and trailing headers", arguments: try examples("chunked", "chunked-trailer"))
    func chunks(_ example: DocumentedExample) throws {
        let time = try #require(SigningTime(example.timestamp ?? ""))
        let key = try Self.signer(example).key(on: time.day)
        var signer = ChunkSigner(key: key, at: time, seedSignature: example.signature)
        for chunk in try #require(example.chunks) {
            let digest = try SHA256.hash(String(repeating: chunk.fill, count: chunk.size))
            #expect(try signer.signature(ofChunk: digest) == chunk.signature)
        }
        if let trailer = example.trailer {
            #expect(try signer.signature(ofTrailer: trailer.canonical) == trailer.signature)
        }
    }

    @Test("a POST policy", arguments: try examples("post"))
    func policy(_ example: DocumentedExample) throws {
        let policy = try #require(example.policy)
        #expect(Base64.encode(Array(policy.utf8)) == example.policy_base64)
        let time = try #require(SigningTime("\(example.date ?? "")T000000Z"))
        let key = try Self.signer(example).key(on: time.day)
        #expect(try key.signature(of: Base64.encode(Array(policy.utf8))) == example.signature)
    }

    private static func signer(_ example: DocumentedExample) throws -> Signer {
        let credentials = try Credentials(accessKeyID: example.access_key, secretAccessKey: example.secret_key)
        return try Signer(credentials: credentials, region: example.region, service: example.service)
    }

    private static func request(_ example: DocumentedExample) throws -> SigningRequest {
        let headers = try #require(example.signed_headers)
        let own = ["host", "x-amz-date", "x-amz-content-sha256"]
        let path =
            try example.key.map { RequestPath.root.appending(raw: $0) }
            ?? RequestPath(encoded: try #require(example.canonical_uri))
        #expect(path.encoded == example.canonical_uri)
        return SigningRequest(
            method: try #require(example.method),
            origin: try Origin(scheme: .https, authority: try #require(headers["host"])), path: path,
            query: (example.query_params ?? []).map { QueryItem($0[0], $0[1]) },
            headers: headers.filter { !own.contains($0.key) }.map { HeaderField($0.key, $0.value) },
            payload: try payload(try #require(example.payload_hash), example.body))
    }

    private static func payload(_ hash: String, _ body: String?) throws -> PayloadHash {
        let constants: [PayloadHash] = [.empty, .unsigned, .streaming, .streamingWithTrailer]
        return try constants.first { $0.text == hash } ?? PayloadHash(of: Array((body ?? "").utf8))
    }
}
