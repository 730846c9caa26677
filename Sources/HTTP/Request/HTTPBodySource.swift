/// Where the bytes of a request's body come from, piece by piece.
///
/// The client's thread, which serves all requests, calls it: it must not block. While it has nothing it says so, and calls
/// `wake` when it has.
public protocol HTTPBodySource: Sendable {
    /// Writes the next bytes at the start of `buffer`, which is not empty.
    ///
    /// After `.notYet` it is called again only once `wake` has been called, from any thread; further calls of `wake` do no
    /// harm. What it throws ends the request with `bodySourceFailed`.
    func read(into buffer: UnsafeMutableRawBufferPointer, wake: @escaping @Sendable () -> Void) throws -> HTTPBodyRead

    /// Goes back to the first byte, because the request has to be sent again. False when it cannot: the request then fails.
    func rewind() -> Bool
}
