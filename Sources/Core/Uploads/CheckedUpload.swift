/// An upload that its cache takes, and how it is to be stored.
public struct CheckedUpload: Hashable, Sendable {
    /// What is stored beside the bytes; without their checksum.
    public var options: PutOptions
    /// Width and height in pixels; nil for what is no image.
    public var size: PixelSize?
    /// What happens where the object exists.
    public var ifExists: IfExists
}
