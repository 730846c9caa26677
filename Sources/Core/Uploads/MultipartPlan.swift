/// How a large object is divided into parts: equal ones, but for the last, which may be smaller.
///
/// Some servers insist on equal parts (Cloudflare R2), all on at most 10,000 of them, and most on 5 MiB at least.
public struct MultipartPlan: Hashable, Sendable {
    /// The most parts that an object can have.
    public static let maximumCount: Int64 = 10_000
    /// The size of a part unless that would make too many.
    public static let usualPartSize: Int64 = 16 << 20

    /// Bytes of the whole object.
    public let size: Int64
    /// Bytes of each part but the last.
    public let partSize: Int64

    /// Parts of `minimum` bytes, or of the whole number of MiB above it that makes 10,000 of them suffice.
    public init(size: Int64, atLeast minimum: Int64 = MultipartPlan.usualPartSize) {
        let size = max(0, size)
        let mebibyte: Int64 = 1 << 20
        let needed = size / Self.maximumCount + (size % Self.maximumCount == 0 ? 0 : 1)
        let rounded = (needed / mebibyte + (needed % mebibyte == 0 ? 0 : 1)) * mebibyte
        self.size = size
        partSize = needed <= max(1, minimum) ? max(1, minimum) : rounded
    }

    /// How many parts there are: one at least, also of an empty object.
    public var count: Int { max(1, Int(size / partSize + (size % partSize == 0 ? 0 : 1))) }

    /// The numbers of the parts: 1 is the first.
    public var numbers: ClosedRange<Int> { 1...count }

    /// Where a part's bytes are in the object.
    public func range(of number: Int) -> Range<Int64> {
        let start = min(size, Int64(number - 1) * partSize)
        return start..<min(size, start + partSize)
    }
}
