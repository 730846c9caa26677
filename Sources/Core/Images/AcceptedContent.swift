/// Content that a cache takes, and what is to be stored with it.
public struct AcceptedContent: Hashable, Sendable {
    /// What it is; text is what it was declared to be.
    public var format: FileFormat
    /// The Content-Type to store it with; nil where neither the bytes nor anybody told one.
    public var mediaType: String?
    /// Width and height in pixels; nil for what is no image.
    public var size: PixelSize?
}
