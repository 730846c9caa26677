/// An object that was read piece by piece, of which the last bytes are in memory.
public struct ReadObject: Hashable, Sendable {
    /// What the store says of it; its size is the number of bytes that were read.
    public var summary: ObjectSummary
    /// So many of its bytes are kept already, where others will read them.
    public var kept: Int64
    /// Those behind them.
    public var rest: [UInt8]

    /// An object that was read.
    public init(summary: ObjectSummary, kept: Int64, rest: [UInt8]) {
        self.summary = summary
        self.kept = kept
        self.rest = rest
    }
}
