/// Bytes that are sent without ever being in memory all together.
public protocol S3ByteSource: Sendable {
    /// Bytes in all.
    var size: Int64 { get }

    /// The bytes of a range within `0..<size`, all of them; 1 MiB at most is asked for. Whatever it throws ends the request,
    /// and is thrown by the call.
    func read(_ range: Range<Int64>) async throws -> [UInt8]

    /// The same, in an array that the caller is done with, where that spares one: what is in it does not matter.
    func read(_ range: Range<Int64>, reusing spent: consuming [UInt8]) async throws -> [UInt8]
}

extension S3ByteSource {
    /// In an array of its own.
    public func read(_ range: Range<Int64>, reusing spent: consuming [UInt8]) async throws -> [UInt8] {
        try await read(range)
    }
}
