internal import Core
internal import S3

/// The chunks of an object in S3, with errors in the terms of the port.
struct S3Chunks: AsyncSequence, Sendable {
    private let body: S3ObjectReading
    private let key: ObjectKey
    private let bucket: String

    init(_ body: S3ObjectReading, of key: ObjectKey, in bucket: String) {
        self.body = body
        self.key = key
        self.bucket = bucket
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(base: body.makeAsyncIterator(), key: key, bucket: bucket)
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: S3ObjectReading.AsyncIterator
        fileprivate let key: ObjectKey
        fileprivate let bucket: String

        mutating func next() async throws -> [UInt8]? {
            do {
                return try await base.next()
            } catch let error as S3Error {
                throw error.storeError(bucket: bucket, key: key)
            }
        }
    }
}
