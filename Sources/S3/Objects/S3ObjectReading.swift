/// An object whose bytes are still to be read, once and by one task at a time, over as many connections as that takes.
///
/// A body that is cut off or stalls is read on from where it ended, as often as other calls are retried. Reading throws the
/// error of the connection that broke where the object is not the same any more, or cannot be read in parts.
public struct S3ObjectReading: AsyncSequence, Sendable {
    let client: S3Client
    let bucket: String
    let key: String
    let body: S3ObjectBody
    let attempts: Attempts

    /// What is known of the object.
    public var metadata: S3ObjectMetadata { body.metadata }

    /// An iterator that begins with the object's first byte.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reading: self, body: body.makeAsyncIterator(), attempts: attempts)
    }

    /// Reads the object.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reading: S3ObjectReading
        fileprivate var body: S3ObjectBody.AsyncIterator
        fileprivate var attempts: Attempts
        private var place: Int64 = 0

        fileprivate init(reading: S3ObjectReading, body: S3ObjectBody.AsyncIterator, attempts: Attempts) {
            self.reading = reading
            self.body = body
            self.attempts = attempts
        }

        /// The next chunk, never empty; nil after the last one, when all bytes came.
        public mutating func next() async throws -> [UInt8]? {
            while true {
                do {
                    guard let chunk = try await body.next() else { return nil }
                    place += Int64(chunk.count)
                    return chunk
                } catch let error as S3Error {
                    try await goOn(after: error)
                }
            }
        }

        /// Throws `error` where there is no going on.
        private mutating func goOn(after error: S3Error) async throws {
            let metadata = reading.metadata
            let etag = metadata.etag
            guard error.isRetryable, place < metadata.size, !etag.isEmpty, !etag.hasPrefix("W/") else { throw error }
            try await reading.client.pause(after: error, attempts)
            let rest: S3ObjectBody?
            do {
                rest = try await reading.client.openObject(
                    reading.bucket, reading.key, range: .from(place), ifMatch: etag, &attempts)
            } catch let problem as S3Error where !problem.isRetryable {
                throw error
            }
            guard let rest, rest.range == place..<metadata.size, rest.metadata.etag == etag else { throw error }
            body = rest.makeAsyncIterator()
        }
    }
}
