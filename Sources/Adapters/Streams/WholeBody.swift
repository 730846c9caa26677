internal import Core

/// The chunks of an object, and an error at their end unless there were as many bytes as its summary says.
struct WholeBody<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == [UInt8] {
    private let base: Base
    private let summary: ObjectSummary
    private let bucket: String

    init(_ base: Base, of summary: ObjectSummary, in bucket: String) {
        self.base = base
        self.summary = summary
        self.bucket = bucket
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(base: base.makeAsyncIterator(), summary: summary, bucket: bucket)
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: Base.AsyncIterator
        fileprivate let summary: ObjectSummary
        fileprivate let bucket: String
        private var count: Int64 = 0

        fileprivate init(base: Base.AsyncIterator, summary: ObjectSummary, bucket: String) {
            self.base = base
            self.summary = summary
            self.bucket = bucket
        }

        mutating func next() async throws -> [UInt8]? {
            try await next(isolation: nil)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> [UInt8]? {
            let chunk = try await base.next(isolation: actor)
            count += Int64(chunk?.count ?? 0)
            guard chunk == nil ? count == summary.size : count <= summary.size else {
                throw StoreError(
                    .inputOutput,
                    "The object \(summary.key.quoted) in \(bucket) gave \(count) bytes instead of \(summary.size); it was "
                        + "changed or cut off while it was read, so read it again.",
                    operation: "GetObject", bucket: bucket, key: summary.key)
            }
            return chunk
        }
    }
}
