/// What is signed of a request. Headers that are not in it are not signed and may change on their way.
public struct SigningRequest: Sendable {
    /// The method, in capitals: `GET`.
    public var method: String
    /// Where it goes. Its `host` must be the `Host` header.
    public var origin: Origin
    /// The path, exactly as it is sent.
    public var path: RequestPath
    /// The query, in any order; repeated names stay. Sent exactly as `url` has it.
    public var query: [QueryItem]
    /// The headers to sign besides those that the signer sets, in any order and case. For S3: `x-amz-*`,
    /// `content-type`, `content-md5`, `range` and little else. Values of a repeated name are joined in their order.
    public var headers: [HeaderField]
    /// What is said about the body.
    public var payload: PayloadHash

    /// Takes everything as it is; it is checked when it is signed.
    public init(
        method: String, origin: Origin, path: RequestPath, query: [QueryItem] = [], headers: [HeaderField] = [],
        payload: PayloadHash
    ) {
        self.method = method
        self.origin = origin
        self.path = path
        self.query = query
        self.headers = headers
        self.payload = payload
    }

    /// The URL to send it to: byte for byte what is signed, with the query in canonical order.
    public var url: String {
        var writer = ByteWriter(capacity: 256)
        writer.append(origin)
        path.write(to: &writer)
        guard !query.isEmpty else { return writer.string() }
        var pairs = PairList()
        for item in query { pairs.append(item) }
        pairs.sortByNameAndValue()
        writer.append(UInt8(ascii: "?"))
        pairs.writeQuery(to: &writer)
        return writer.string()
    }
}

extension ByteWriter {
    /// Appends `https://example.com:8443`.
    mutating func append(_ origin: Origin) {
        append(origin.scheme == .https ? "https://" : "http://" as StaticString)
        append(origin.authority)
    }
}
