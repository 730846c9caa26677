/// What a header has told so far. It stays when the rest of the header turns out to be wrong.
struct ImageFacts {
    /// The size of the image.
    private(set) var size: PixelSize?
    /// The most pixels of any picture in the file: what a decoder may have to make room for.
    private(set) var mostPixels: Int64 = 0

    /// The image has this size. Throws `malformed` where a side has no length.
    mutating func found(_ size: PixelSize) throws {
        self.size = size
        try holds(size)
    }

    /// The file holds a picture of this size as well. Throws `malformed` where a side has no length.
    mutating func holds(_ size: PixelSize) throws {
        guard size.width > 0, size.height > 0 else {
            throw ContentError(
                .malformed,
                "The image is \(size.width) pixels wide and \(size.height) high, which no image is: save it anew.")
        }
        mostPixels = max(mostPixels, size.pixels)
    }
}
