/// The body of a response, chunk by chunk, to be read once and by one task at a time.
///
/// The transfer pauses while the reader is slow, so that only `bodyBufferBytes` are kept. Reading throws `HTTPError`, and
/// `CancellationError` when the reading task is cancelled, which aborts the transfer at once. So does letting go of the body.
public struct HTTPBody: AsyncSequence, Sendable {
    private let lease: Lease

    init(_ exchange: Exchange) {
        lease = Lease(exchange)
    }

    /// When things happened, once the body has ended well; nil before that.
    public var timings: HTTPTimings? { lease.exchange.finalTimings }

    /// Aborts the transfer, unless it has ended. Whoever reads gets `CancellationError`.
    public func cancel() {
        lease.exchange.abandon()
    }

    /// An iterator that goes on where reading stopped.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(lease: lease)
    }

    /// Reads the body.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let lease: Lease

        /// The next chunk, never empty; nil after the last one.
        public mutating func next() async throws -> [UInt8]? {
            try await lease.exchange.nextChunk()
        }

        /// The next chunk, never empty; nil after the last one.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> [UInt8]? {
            try await lease.exchange.nextChunk()
        }
    }

    /// Ends the transfer when nobody can read it any more.
    fileprivate final class Lease: Sendable {
        let exchange: Exchange

        init(_ exchange: Exchange) {
            self.exchange = exchange
        }

        deinit {
            exchange.abandon()
        }
    }
}
