internal import HTTP

/// An object whose bytes are still to be read, once and by one task at a time.
///
/// Reading throws `S3Error`: `connectionLost` among others where fewer bytes came than were announced. Letting go of the
/// body ends the transfer.
public struct S3ObjectBody: AsyncSequence, Sendable {
    /// What is known of the object.
    public let metadata: S3ObjectMetadata
    /// The part of the object that comes.
    public let range: Range<Int64>

    private let body: HTTPBody
    private let wording: ErrorWording

    init(metadata: S3ObjectMetadata, range: Range<Int64>, body: HTTPBody, wording: ErrorWording) {
        self.metadata = metadata
        self.range = range
        self.body = body
        self.wording = wording
    }

    /// How many bytes come.
    public var length: Int64 { range.upperBound - range.lowerBound }

    /// Ends the transfer. Whoever reads gets `CancellationError`.
    public func cancel() { body.cancel() }

    /// An iterator that begins where the object's range does.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body.makeAsyncIterator(), missing: length, wording: wording)
    }

    /// Reads the body.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var body: HTTPBody.AsyncIterator
        fileprivate var missing: Int64
        fileprivate let wording: ErrorWording

        /// The next chunk, never empty; nil after the last one, when all bytes came.
        public mutating func next() async throws -> [UInt8]? {
            try await next(isolation: nil)
        }

        /// The next chunk, never empty; nil after the last one, when all bytes came.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> [UInt8]? {
            do {
                guard let chunk = try await body.next(isolation: actor) else {
                    guard missing == 0 else { throw wrongLength("\(missing) bytes are missing") }
                    return nil
                }
                missing -= Int64(chunk.count)
                guard missing >= 0 else { throw wrongLength("there are more bytes than announced") }
                return chunk
            } catch let error as HTTPError {
                throw S3Error(error, wording)
            }
        }

        private func wrongLength(_ explanation: String) -> S3Error {
            S3Error(.connectionLost, wording.failure(explanation + " at its end: try again"), wording)
        }
    }
}
