/// Bytes that are in memory, as a source.
public struct BytesSource: ObjectSource {
    /// All of them.
    public let bytes: [UInt8]

    /// These bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many there are.
    public var size: Int64 { Int64(bytes.count) }

    /// A copy of the range.
    public func read(_ range: Range<Int64>) async throws -> [UInt8] {
        Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }
}
