/// Where copies of contents are kept whose store is away. Implementation: a directory of the worker's machine.
public protocol LocalCopies: Sendable {
    /// A path that no other copy has, here or anywhere.
    func newPlace(for key: ObjectKey, in bucket: String, of jobID: Int64) -> String

    /// Writes a copy, in place of what is at that path; it is safe and can be read when this returns.
    ///
    /// Throws `checksumMismatch` where the bytes are not those of `sha256`, what the source throws, and `StoreError` where
    /// nothing can be written.
    func keep(_ source: any ObjectSource, at place: String, sha256: [UInt8]?) async throws -> KeptCopy

    /// The copy, to be read chunk by chunk; nil if it is not here.
    func open(_ place: String) async throws -> ObjectStream?

    /// The copy, as what is to be stored; nil if it is not here.
    func source(of place: String) async throws -> (any ObjectSource)?

    /// Deletes the copy; false if it is not here.
    func remove(_ place: String) async throws -> Bool
}
