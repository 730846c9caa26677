/// One page of a listing: a collection of objects in the server's order.
///
/// The texts of all objects lie in one piece of memory; an element's strings are made when it is asked for. `withKey` and
/// its like look at the bytes without making any.
public struct S3ListPage: Sendable {
    /// The bucket, where the server names it.
    public let bucket: String?
    /// Whether more objects follow.
    public let isTruncated: Bool
    /// What the next request goes on with; never nil where more objects follow.
    public let nextContinuationToken: String?
    /// How often the request was made again before this came.
    public internal(set) var retries = 0
    /// How often the server asked for fewer requests before this came.
    public internal(set) var throttles = 0

    private let arena: [UInt8]
    private let entries: [Entry]

    /// One object: where its texts lie, and its numbers.
    struct Entry: Sendable {
        var key = Span.none
        var etag = Span.none
        var storageClass = Span.none
        var size: Int64 = 0
        var lastModified: Int64 = 0
    }

    /// A part of the arena.
    struct Span: Sendable, Equatable {
        var start: Int32
        var count: Int32

        /// A text that was not there.
        static let none = Span(start: 0, count: -1)

        var isNone: Bool { count < 0 }
        var range: Range<Int> { Int(start)..<Int(start) + Int(Swift.max(0, count)) }
    }

    init(bucket: String?, isTruncated: Bool, nextContinuationToken: String?, arena: [UInt8], entries: [Entry]) {
        self.bucket = bucket
        self.isTruncated = isTruncated
        self.nextContinuationToken = nextContinuationToken
        self.arena = arena
        self.entries = entries
    }

    /// Calls `body` with the bytes of a key: valid UTF-8.
    public func withKey<Result>(at index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result
    {
        let range = entries[index].key.range
        return try arena.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    private func text(_ span: Span) -> String {
        arena.withUnsafeBufferPointer { String(decoding: $0[span.range], as: UTF8.self) }
    }
}

extension S3ListPage: RandomAccessCollection {
    /// 0.
    public var startIndex: Int { 0 }
    /// How many objects there are.
    public var endIndex: Int { entries.count }

    /// One object.
    public subscript(index: Int) -> S3ListedObject {
        let entry = entries[index]
        return S3ListedObject(
            key: text(entry.key), size: entry.size, etag: text(entry.etag), lastModified: entry.lastModified,
            storageClass: entry.storageClass.isNone ? nil : text(entry.storageClass))
    }
}

extension S3ListPage: Equatable {
    /// Whether both say the same.
    public static func == (left: S3ListPage, right: S3ListPage) -> Bool {
        left.bucket == right.bucket && left.isTruncated == right.isTruncated
            && left.nextContinuationToken == right.nextContinuationToken && left.elementsEqual(right)
    }
}
