/// Reads a source once, from its start to its end, and gives the digests of what it read.
public protocol SourceHasher: Sendable {
    /// The digests of the whole and of its parts. `withMD5` asks for the MD5 too, which costs as much as the rest.
    ///
    /// Throws what the source throws.
    func digests(of source: any ObjectSource, _ plan: MultipartPlan, withMD5: Bool) async throws -> SourceDigests

    /// The SHA-256 of an object that is being read. Throws what reading it throws.
    func sha256(of object: ObjectStream) async throws -> [UInt8]
}
