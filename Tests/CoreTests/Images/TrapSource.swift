import Core

/// Bytes that record who asks for what, and for what there is not.
final class TrapSource: ByteSource {
    let size: Int64
    private(set) var violations: [Range<Int64>] = []
    private(set) var largestRead = 0
    private(set) var bytesRead = 0
    private let head: [UInt8]
    private let end: Int64

    /// Bytes and so many zeroes. It gives no more than these, whatever size it claims.
    init(_ head: [UInt8], followedByZeroes zeroes: Int64 = 0, claimedSize: Int64? = nil) {
        self.head = head
        end = Int64(head.count) + zeroes
        size = claimedSize ?? end
    }

    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        if offset < 0 || count < 0 || offset + Int64(count) > size { violations.append(offset..<offset + Int64(count)) }
        largestRead = max(largestRead, count)
        bytesRead += count
        let there = max(0, min(Int64(count), end - offset))
        return (0..<there).map { index in
            let place = offset + index
            return place < Int64(head.count) ? head[Int(place)] : 0
        }
    }
}
