/// The key of an object, compared, ordered and hashed by its UTF-8 bytes, as S3 and `COLLATE "C"` do.
///
/// Swift's own `String` treats canonically equivalent spellings as equal ("é" composed and decomposed) and orders
/// by normalised scalars; two such keys are two objects in a bucket.
public struct ObjectKey: Sendable {
    /// The longest key that S3 accepts, in bytes of UTF-8.
    public static let maximumLength = 1024

    /// The key as text.
    public let string: String

    /// Wraps a key; any string is accepted, also one that S3 would refuse.
    public init(_ string: String) {
        var native = string
        native.makeContiguousUTF8()
        self.string = native
    }

    /// The length in bytes of UTF-8.
    public var length: Int { string.utf8.count }

    /// Whether the key starts with the bytes of `prefix`.
    public func hasPrefix(_ prefix: String) -> Bool {
        string.utf8.starts(with: prefix.utf8)
    }

    /// The key without its first `count` bytes; used to turn a key into a filename by dropping the cache's prefix.
    public func dropping(prefixOfLength count: Int) -> ObjectKey {
        count == 0 ? self : ObjectKey(String(Substring(string.utf8.dropFirst(count))))
    }

    /// Three-way comparison by bytes: negative, zero or positive.
    public static func compare(_ left: ObjectKey, _ right: ObjectKey) -> Int {
        let fast = left.string.utf8.withContiguousStorageIfAvailable { leftBytes in
            right.string.utf8.withContiguousStorageIfAvailable { rightBytes in
                compare(UnsafeRawBufferPointer(leftBytes), UnsafeRawBufferPointer(rightBytes))
            }
        }
        if let fast, let result = fast { return result }
        return compareSlowly(left.string.utf8, right.string.utf8)
    }

    private static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let shared = min(left.count, right.count)
        var index = 0
        while index < shared {
            let difference = Int(left[index]) - Int(right[index])
            if difference != 0 { return difference }
            index += 1
        }
        return left.count - right.count
    }

    private static func compareSlowly(_ left: String.UTF8View, _ right: String.UTF8View) -> Int {
        if left.lexicographicallyPrecedes(right) { return -1 }
        return right.lexicographicallyPrecedes(left) ? 1 : 0
    }
}

extension ObjectKey: Comparable {
    /// The same bytes.
    public static func == (left: ObjectKey, right: ObjectKey) -> Bool { compare(left, right) == 0 }
    /// Before in byte order.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool { compare(left, right) < 0 }
}

extension ObjectKey: Hashable {
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        var native = string
        native.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension ObjectKey: ExpressibleByStringLiteral {
    /// A key that the code names.
    public init(stringLiteral value: String) { self.init(value) }
}

extension ObjectKey: CustomStringConvertible {
    /// The key as text.
    public var description: String { string }
}
