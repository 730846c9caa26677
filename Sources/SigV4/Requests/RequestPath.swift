/// The path of a request, as it stands in the request line.
///
///     RequestPath(raw: "/photos/a b.jpg").encoded                      // /photos/a%20b.jpg
///     RequestPath.root.appending(raw: "/odd//key").encoded             // //odd//key
///     RequestPath(segments: ["a/b", "c"]).encoded                      // /a%2Fb/c
///
/// Nothing is normalised: dots and repeated slashes stay.
public struct RequestPath: Sendable {
    // Stands as it is.
    let head: String
    // Follows, and is encoded when it is written: a path costs no allocation until then.
    let tail: String

    /// `/`.
    public static let root = RequestPath(head: "/", tail: "")

    /// A whole path as plain text, encoded once; `/` separates segments. A missing `/` at its beginning is added.
    public init(raw: String) {
        let isRooted = raw.utf8.first == UInt8(ascii: "/")
        self.init(head: isRooted ? "" : "/", tail: raw)
    }

    /// Plain segments: a `/` within one is encoded.
    public init(segments: [String]) {
        self.init(head: "/" + segments.map { PercentEncoding.encode($0) }.joined(separator: "/"), tail: "")
    }

    /// A path that is percent-encoded already, and is sent and signed as it is.
    ///
    /// Throws `invalidPath` unless it begins with `/` and has only characters that RFC 3986 allows in a path.
    public init(encoded: String) throws(SigningError) {
        let isFit = encoded.utf8.allSatisfy { byte in
            PercentEncoding.keeps(byte, .path) || "%!$&'()*+,;=:@".utf8.contains(byte)
        }
        guard encoded.utf8.first == UInt8(ascii: "/"), isFit, PercentEncoding.decode(encoded) != nil else {
            throw SigningError(.invalidPath, "an encoded path begins with '/' and is percent-encoded throughout")
        }
        self.init(head: encoded, tail: "")
    }

    init(head: String, tail: String) {
        self.head = head
        self.tail = tail
    }

    /// This path, a `/` unless it ends with one, and plain text, whose own slashes all stay.
    public func appending(raw: String) -> RequestPath {
        let base = encoded
        return RequestPath(head: base.utf8.last == UInt8(ascii: "/") ? base : base + "/", tail: raw)
    }

    /// As it stands in the request line.
    public var encoded: String {
        guard !tail.isEmpty else { return head }
        var writer = ByteWriter(capacity: head.utf8.count + 3 * tail.utf8.count)
        write(to: &writer)
        return writer.string()
    }

    func write(to writer: inout ByteWriter) {
        writer.append(head)
        if !tail.isEmpty { writer.append(encoding: tail, .path) }
    }
}

extension RequestPath: CustomStringConvertible {
    /// As it stands in the request line.
    public var description: String { encoded }
}
