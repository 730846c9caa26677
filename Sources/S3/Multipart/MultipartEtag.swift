internal import SigV4

/// The etag that servers give an object of parts whose etags are MD5s: the MD5 of those, a hyphen and their number.
enum MultipartEtag {
    /// Nil where the parts' etags are no MD5s, or this system has none.
    static func expected(_ parts: [S3Part]) -> String? {
        var digests: [UInt8] = []
        for part in parts {
            guard part.etag.utf8.count == 32, let digest = Hex.decode(part.etag) else { return nil }
            digests += digest
        }
        return (try? MD5.hash(digests)).map { "\(Hex.encode($0))-\(parts.count)" }
    }
}
