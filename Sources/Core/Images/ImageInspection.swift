/// What bytes are by themselves, whatever anybody says of them.
public struct ImageInspection: Hashable, Sendable {
    /// Their format.
    public var format: FileFormat
    /// Width and height in pixels; nil for what is no image, and where the header does not tell.
    ///
    /// For images that other programs open despite their `flaw`, it is what these programs give.
    public var size: PixelSize?
    /// How many pixels the largest picture in the file has: pages, thumbnails and sizes of icons included.
    public var mostPixels: Int64
    /// How many bytes there are.
    public var byteCount: Int64
    /// What is wrong with them, and forbids to store them as this format; nil for nothing.
    public var flaw: ContentError?

    /// The media type to store them with; nil where the bytes do not tell one.
    public var mediaType: String? { format.mediaType }
    /// Width in pixels.
    public var width: Int? { size?.width }
    /// Height in pixels.
    public var height: Int? { size?.height }
}
