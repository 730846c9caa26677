/// What a client has done so far.
public struct S3ClientCounters: Sendable, Equatable {
    /// Requests that were sent, retries and corrections included.
    public var requests = 0
    /// Requests that were made again after a failure.
    public var retries = 0
    /// Requests that were made again with another region, clock or credentials.
    public var corrections = 0

    /// Nothing done yet.
    public init() {}
}
