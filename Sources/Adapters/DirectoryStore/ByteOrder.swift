import Glibc

/// The order of S3's keys and of `COLLATE "C"`: by unsigned bytes, a prefix before what it begins.
enum ByteOrder {
    /// Negative, zero or positive.
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        if let leftBase = left.baseAddress, let rightBase = right.baseAddress {
            let difference = memcmp(leftBase, rightBase, min(left.count, right.count))
            if difference != 0 { return Int(difference) }
        }
        return left.count - right.count
    }

    /// Negative, zero or positive.
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left.withUnsafeBytes { left in right.withUnsafeBytes { right in compare(left, right) } }
    }
}
