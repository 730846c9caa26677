/// What an upload left in the store.
public struct UploadedObject: Hashable, Sendable {
    /// What the store says of the object.
    public var summary: ObjectSummary
    /// The SHA-256 of its bytes; nil where it is not known to have the job's.
    public var sha256: [UInt8]?
    /// Width and height in pixels; nil for what is no image, and where it is not known to have the job's bytes.
    public var size: PixelSize?
    /// Whether it was there before, and stayed.
    public var isSkipped = false

    /// An object that has the job's bytes, or is not known to have them.
    public init(_ summary: ObjectSummary, sha256: [UInt8]? = nil, size: PixelSize? = nil, isSkipped: Bool = false) {
        self.summary = summary
        self.sha256 = sha256
        self.size = size
        self.isSkipped = isSkipped
    }
}
