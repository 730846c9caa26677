/// The bytes of an object that is to be stored, readable at any offset: a file, or what the database holds.
///
/// They must not change while somebody reads: what is read twice has to be the same.
public protocol ObjectSource: Sendable {
    /// Bytes in all.
    var size: Int64 { get }

    /// The bytes of a range within `0..<size`, all of them: readers ask for 1 MiB at most at a time.
    ///
    /// Called from several tasks at once. Throws where the bytes are not there any more, never gives fewer. An
    /// implementation that blocks does so on threads of its own.
    func read(_ range: Range<Int64>) async throws -> [UInt8]

    /// The same, in an array that the caller is done with, where that spares memory to be found and cleared: what is in it does
    /// not matter.
    func read(_ range: Range<Int64>, reusing spent: consuming [UInt8]) async throws -> [UInt8]
}

extension ObjectSource {
    /// In an array of its own.
    public func read(_ range: Range<Int64>, reusing spent: consuming [UInt8]) async throws -> [UInt8] {
        try await read(range)
    }
}
