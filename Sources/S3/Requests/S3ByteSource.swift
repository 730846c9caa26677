/// Bytes that are sent without ever being in memory all together.
public protocol S3ByteSource: Sendable {
    /// Bytes in all.
    var size: Int64 { get }

    /// The bytes of a range within `0..<size`, all of them; 1 MiB at most is asked for. Whatever it throws ends the request,
    /// and is thrown by the call.
    func read(_ range: Range<Int64>) async throws -> [UInt8]
}
