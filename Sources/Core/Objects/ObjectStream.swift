/// An object that is being read, to be read once.
public struct ObjectStream: Sendable {
    /// What the store says of it.
    public var summary: ObjectSummary
    /// Its bytes in order. Ends with an error unless there were as many as `summary.size` says.
    public var chunks: any AsyncSequence<[UInt8], any Error> & Sendable

    /// An object whose reading has begun.
    public init(summary: ObjectSummary, chunks: any AsyncSequence<[UInt8], any Error> & Sendable) {
        self.summary = summary
        self.chunks = chunks
    }
}
