/// A whole object.
public struct ObjectContents: Hashable, Sendable {
    /// What the store says of it; its size is the number of bytes.
    public var summary: ObjectSummary
    /// What it holds.
    public var bytes: [UInt8]

    /// An object that was read.
    public init(summary: ObjectSummary, bytes: [UInt8]) {
        self.summary = summary
        self.bytes = bytes
    }
}
