/// Files that begin, and where it matters end, like images of a size. Their pixels are none that a decoder could read.
public enum RasterImages {
    /// A JPEG. `frame` is the marker of its frame, `segments` stand before it.
    public static func jpeg(
        _ width: Int, _ height: Int, frame: Int = 0xC0, segments: [[UInt8]] = [jfif], components: Int = 3
    ) -> [UInt8] {
        var frameHeader = Bytes().big(8, 1).big(height, 2).big(width, 2).big(components, 1)
        for component in 0..<components { frameHeader = frameHeader.bytes([UInt8(component + 1), 0x11, 0]) }
        return Bytes([0xFF, 0xD8]).bytes(segments.flatMap { $0 })
            .bytes(segment(frame, frameHeader.all))
            .bytes(segment(0xDA, [1, 1, 0, 0, 0x3F, 0])).bytes([0x12, 0x34, 0x56, 0xFF, 0xD9]).all
    }

    /// A segment of a JPEG.
    public static func segment(_ marker: Int, _ content: [UInt8]) -> [UInt8] {
        Bytes([0xFF]).big(marker, 1).big(content.count + 2, 2).bytes(content).all
    }

    /// The segment that most begin with.
    public static let jfif = segment(0xE0, Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0])

    /// A PNG. `before` and `after` stand around its pixels.
    public static func png(
        _ width: Int, _ height: Int, depth: Int = 8, colour: Int = 6, before: [[UInt8]] = [], after: [[UInt8]] = []
    ) -> [UInt8] {
        Bytes(pngMagic)
            .bytes(
                chunk("IHDR", Bytes().big(width, 4).big(height, 4).big(depth, 1).big(colour, 1).zeroes(3).all)
            )
            .bytes(before.flatMap { $0 }).bytes(chunk("IDAT", [1, 2, 3, 4, 5])).bytes(after.flatMap { $0 })
            .bytes(chunk("IEND", [])).all
    }

    /// What a PNG begins with.
    public static let pngMagic: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// A chunk of a PNG with its checksum.
    public static func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        let summed = Array(kind.utf8) + content
        var remainder = UInt32.max
        for byte in summed {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return Bytes().big(content.count, 4).bytes(summed).big(Int(~remainder), 4).all
    }

    /// A GIF whose first picture has a place and a size on its screen. `extensions` stand before it.
    public static func gif(
        _ width: Int, _ height: Int, picture: (left: Int, top: Int, width: Int, height: Int)? = nil,
        extensions: [[UInt8]] = [], version: String = "GIF89a"
    ) -> [UInt8] {
        let picture = picture ?? (0, 0, width, height)
        return Bytes().text(version).little(width, 2).little(height, 2).bytes([0x80, 0, 0]).zeroes(6)
            .bytes(extensions.flatMap { $0 })
            .text(",").little(picture.left, 2).little(picture.top, 2).little(picture.width, 2).little(picture.height, 2)
            .bytes([0, 2, 2, 0x44, 0x01, 0]).text(";").all
    }

    /// A comment in a GIF.
    public static func comment(_ text: String) -> [UInt8] {
        Bytes().text("!").bytes([0xFE]).little(text.utf8.count, 1).text(text).bytes([0]).all
    }

    /// A WebP with lossy pixels.
    public static func webp(_ width: Int, _ height: Int) -> [UInt8] { riff(vp8(width, height)) }

    /// A WebP with lossless pixels.
    public static func losslessWebP(_ width: Int, _ height: Int) -> [UInt8] {
        riff(riffChunk("VP8L", Bytes([0x2F]).little((width - 1) | (height - 1) << 14, 4).zeroes(3).all))
    }

    /// A WebP with a canvas, and a lossy picture on it or an animation.
    public static func extendedWebP(
        _ width: Int, _ height: Int, picture: (Int, Int)? = nil, isAnimated: Bool = false
    ) -> [UInt8] {
        let picture = picture ?? (width, height)
        let canvas = Bytes([isAnimated ? 2 : 0, 0, 0, 0]).little(width - 1, 3).little(height - 1, 3).all
        let content =
            isAnimated
            ? riffChunk("ANIM", [0, 0, 0, 0, 0, 0]) + riffChunk("ANMF", [UInt8](repeating: 0, count: 16))
            : riffChunk("ICCP", [1, 2, 3]) + vp8(picture.0, picture.1)
        return riff(riffChunk("VP8X", canvas) + content)
    }

    /// A TIFF; `isBig` for BigTIFF. Its directory stands behind its pixels.
    public static func tiff(
        _ width: Int, _ height: Int, isLittle: Bool = true, isBig: Bool = false, orientation: Int = 1,
        padding: Int = 64
    ) -> [UInt8] {
        func number(_ bytes: Bytes, _ number: Int, _ count: Int) -> Bytes {
            isLittle ? bytes.little(number, count) : bytes.big(number, count)
        }
        func entry(_ bytes: Bytes, _ tag: Int, _ kind: Int, _ value: Int) -> Bytes {
            let head = number(number(number(bytes, tag, 2), kind, 2), 1, isBig ? 8 : 4)
            let size = kind == 3 ? 2 : 4
            return number(head, value, size).zeroes((isBig ? 8 : 4) - size)
        }
        var file = number(Bytes().text(isLittle ? "II" : "MM"), isBig ? 43 : 42, 2)
        if isBig {
            file = number(number(number(file, 8, 2), 0, 2), 16 + padding, 8)
        } else {
            file = number(file, 8 + padding, 4)
        }
        file = number(file.zeroes(padding), 3, isBig ? 8 : 2)
        file = entry(file, 256, width > 65_535 ? 4 : 3, width)
        file = entry(file, 257, 4, height)
        file = entry(file, 274, 3, orientation)
        return number(file, 0, isBig ? 8 : 4).all
    }

    /// A bitmap with a header of 12 or 40 bytes. A negative height is that of rows from top to bottom.
    public static func bmp(_ width: Int, _ height: Int, header: Int = 40) -> [UInt8] {
        let row = (width * 24 + 31) / 32 * 4
        let head = Bytes().text("BM").little(14 + header + row * abs(height), 4).zeroes(4).little(14 + header, 4)
        return head.bytes(bitmap(width, height, header: header)).zeroes(row * abs(height)).all
    }

    /// The header of a bitmap without that of its file.
    public static func bitmap(_ width: Int, _ height: Int, header: Int = 40) -> [UInt8] {
        header == 12
            ? Bytes().little(12, 4).little(width, 2).little(height, 2).little(1, 2).little(24, 2).all
            : Bytes().little(header, 4).little(width, 4).little(height, 4).little(1, 2).little(24, 2).zeroes(
                header - 16
            )
            .all
    }

    /// An icon, or a cursor, of pictures that are PNGs or bitmaps with a mask.
    public static func ico(_ pictures: [(width: Int, height: Int, content: [UInt8])], isCursor: Bool = false) -> [UInt8]
    {
        var place = 6 + 16 * pictures.count
        var directory = Bytes([0, 0, isCursor ? 2 : 1, 0]).little(pictures.count, 2)
        for picture in pictures {
            directory = directory.little(picture.width, 1).little(picture.height, 1).zeroes(2).little(1, 2).little(
                32, 2
            )
            .little(picture.content.count, 4).little(place, 4)
            place += picture.content.count
        }
        return directory.bytes(pictures.flatMap(\.content)).all
    }

    /// The picture of an icon as a bitmap.
    public static func masked(_ width: Int, _ height: Int) -> [UInt8] { bitmap(width, height * 2) + [0, 0, 0, 0] }

    private static func riff(_ chunks: [UInt8]) -> [UInt8] {
        Bytes().text("RIFF").little(chunks.count + 4, 4).text("WEBP").bytes(chunks).all
    }

    private static func riffChunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        Bytes().text(kind).little(content.count, 4).bytes(content).zeroes(content.count % 2).all
    }

    private static func vp8(_ width: Int, _ height: Int) -> [UInt8] {
        riffChunk("VP8 ", Bytes([0x10, 0, 0, 0x9D, 0x01, 0x2A]).little(width, 2).little(height, 2).zeroes(2).all)
    }
}
