/// Reads a source once, from its start to its end, and gives the digests of what it read.
public protocol SourceHasher: Sendable {
    /// The digests of the whole and of its parts. `withMD5` asks for the MD5 too, which costs as much as the rest.
    ///
    /// Throws what the source throws.
    func digests(of source: any ObjectSource, _ plan: MultipartPlan, withMD5: Bool) async throws -> SourceDigests

    /// Of bytes that come in pieces, none yet.
    func begin() -> any RunningHash
}

/// The SHA-256 of bytes that come in pieces.
public protocol RunningHash: AnyObject, Sendable {
    /// Takes the next piece.
    func update(_ bytes: [UInt8])

    /// The SHA-256 of all pieces, to be asked for once.
    func end() throws -> [UInt8]
}

extension SourceHasher {
    /// The SHA-256 of an object that is being read, one chunk at a time. Throws what reading it throws.
    public func sha256(of object: ObjectStream) async throws -> [UInt8] {
        let hash = begin()
        for try await chunk in object.chunks { hash.update(chunk) }
        return try hash.end()
    }
}
