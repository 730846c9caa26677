/// Width and height in pixels.
public struct PixelSize: Hashable, Sendable {
    /// From left to right.
    public var width: Int
    /// From top to bottom.
    public var height: Int

    /// A size.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// How many pixels that is; the largest number where it is more than that.
    public var pixels: Int64 {
        let (product, isOverflow) = Int64(width).multipliedReportingOverflow(by: Int64(height))
        return isOverflow ? .max : product
    }

    /// Width and height exchanged, as a quarter turn does.
    var turned: PixelSize { PixelSize(width: height, height: width) }
}
