/// Bytes that can be read from any place: an array, a file, an object.
///
/// Whoever inspects them reads small ranges and never all of them.
public protocol ByteSource {
    /// How many bytes there are.
    var size: Int64 { get }

    /// The bytes from `offset` on, `count` of them. Only ranges within `size` are asked for. Giving fewer means that the
    /// bytes end there after all. What is thrown ends the inspection and reaches its caller.
    func bytes(at offset: Int64, count: Int) throws -> [UInt8]
}

extension [UInt8]: ByteSource {
    /// How many bytes there are.
    public var size: Int64 { Int64(count) }

    /// A copy of a range.
    public func bytes(at offset: Int64, count: Int) -> [UInt8] {
        guard let start = Int(exactly: offset), (0...self.count).contains(start) else { return [] }
        return Array(self[start..<Swift.min(self.count, start + Swift.max(0, Swift.min(count, self.count - start)))])
    }
}
