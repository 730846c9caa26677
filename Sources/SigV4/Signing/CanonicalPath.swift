extension SigningRules.CanonicalPath {
    /// Writes the path of the canonical request.
    func write(_ path: RequestPath, to writer: inout ByteWriter) {
        switch self {
        case .asSent: path.write(to: &writer)
        case .encodedAgain: writer.append(encoding: path.encoded, .path)
        case .normalizedAndEncodedAgain: writer.append(encoding: Self.normalize(path.encoded), .path)
        }
    }

    /// Without `.` and empty segments, and without those that a `..` takes back. A slash at the end stays.
    static func normalize(_ path: String) -> String {
        var segments: [Substring.UTF8View] = []
        for segment in path.utf8.split(separator: UInt8(ascii: "/")) where !segment.elementsEqual(".".utf8) {
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        guard !segments.isEmpty else { return "/" }
        let joined = "/" + segments.map { String(Substring($0)) }.joined(separator: "/")
        return path.utf8.last == UInt8(ascii: "/") ? joined + "/" : joined
    }
}
