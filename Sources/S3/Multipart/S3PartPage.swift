/// What ListParts gives.
public struct S3PartPage: Hashable, Sendable {
    /// Ascending by number.
    public var parts: [S3Part]
    /// The number after which the next page begins; nil on the last one.
    public var next: Int?
}
