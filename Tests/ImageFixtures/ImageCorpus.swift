/// One whole file of every kind that is inspected.
public enum ImageCorpus {
    /// A file, what it is called, and its size in pixels.
    public struct Item: Sendable, CustomStringConvertible {
        /// What is special about it.
        public let name: String
        /// The name that `allowed_types` takes.
        public let format: String
        /// The extension of files of its kind.
        public let fileExtension: String
        /// From left to right.
        public let width: Int
        /// From top to bottom.
        public let height: Int
        /// The file.
        public let bytes: [UInt8]

        /// Its name.
        public var description: String { name }
    }

    /// Images of pixels.
    public static let rasters: [Item] = jpegs + pngs + gifs + webps + containers + others

    /// Vector images.
    public static let vectors: [Item] = svgs.map { name, width, height, bytes in
        Item(name: name, format: "svg", fileExtension: "svg", width: width, height: height, bytes: bytes)
    }

    /// All of them.
    public static let all: [Item] = rasters + vectors

    private static func item(
        _ name: String, _ format: String, _ fileExtension: String, _ size: (Int, Int), _ bytes: [UInt8]
    ) -> Item {
        Item(name: name, format: format, fileExtension: fileExtension, width: size.0, height: size.1, bytes: bytes)
    }

    private static var jpegs: [Item] {
        let frames = [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF]
        let large = (0..<40).map { RasterImages.segment(0xE1, [UInt8](repeating: $0, count: 65_533)) }
        let exif = RasterImages.segment(0xE1, Array("Exif\0\0".utf8) + RasterImages.tiff(9, 9, orientation: 6))
        return frames.map { item("frame \($0)", "jpeg", "jpg", (640, 480), RasterImages.jpeg(640, 480, frame: $0)) } + [
            item("one component", "jpeg", "jpeg", (1, 65_535), RasterImages.jpeg(1, 65_535, components: 1)),
            item(
                "fill bytes", "jpeg", "jpg", (3, 4),
                RasterImages.jpeg(3, 4, segments: [[0xFF, 0xFF, 0xFF], RasterImages.jfif])),
            item(
                "bytes between segments", "jpeg", "jpg", (3, 4),
                RasterImages.jpeg(3, 4, segments: [RasterImages.jfif, [1, 2, 0xFF, 0]])),
            item("Exif that turns", "jpeg", "jpg", (30, 20), RasterImages.jpeg(30, 20, segments: [exif])),
            item("2.6 MB of segments", "jpeg", "jpg", (5, 6), RasterImages.jpeg(5, 6, segments: large)),
        ]
    }

    private static var pngs: [Item] {
        let control = RasterImages.chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])
        let apple = Array(RasterImages.png(20, 10)[8...])
        return [
            item("PNG", "png", "png", (40, 30), RasterImages.png(40, 30)),
            item("palette", "png", "png", (1, 1), RasterImages.png(1, 1, depth: 1, colour: 3)),
            item("animated PNG", "png", "apng", (40, 30), RasterImages.png(40, 30, before: [control])),
            item(
                "chunks behind the pixels", "png", "png", (40, 30),
                RasterImages.png(40, 30, after: [RasterImages.chunk("tEXt", [65, 0, 66])])),
            item(
                "CgBI", "png", "png", (20, 10),
                RasterImages.pngMagic + RasterImages.chunk("CgBI", [0x50, 0, 0x20, 2]) + apple),
        ]
    }

    private static var gifs: [Item] {
        [
            item("GIF", "gif", "gif", (40, 30), RasterImages.gif(40, 30)),
            item("GIF87a", "gif", "gif", (40, 30), RasterImages.gif(40, 30, version: "GIF87a")),
            item(
                "comments", "gif", "gif", (40, 30),
                RasterImages.gif(40, 30, extensions: [RasterImages.comment("a"), RasterImages.comment("")])),
            item(
                "picture beyond the screen", "gif", "gif", (50, 45), RasterImages.gif(40, 30, picture: (10, 5, 40, 40))),
            item("no screen", "gif", "gif", (7, 8), RasterImages.gif(0, 0, picture: (0, 0, 7, 8))),
        ]
    }

    private static var webps: [Item] {
        [
            item("lossy", "webp", "webp", (550, 368), RasterImages.webp(550, 368)),
            item("lossless", "webp", "webp", (16_384, 1), RasterImages.losslessWebP(16_384, 1)),
            item("extended", "webp", "webp", (400, 301), RasterImages.extendedWebP(400, 301)),
            item("animated", "webp", "webp", (70_000, 2), RasterImages.extendedWebP(70_000, 2, isAnimated: true)),
        ]
    }

    private static var containers: [Item] {
        let crop = ContainerImages.aperture(50, 40)
        return [
            item("AVIF", "avif", "avif", (64, 48), ContainerImages.image(64, 48)),
            item(
                "turned AVIF", "avif", "avif", (64, 48),
                ContainerImages.image(64, 48, properties: [ContainerImages.rotation(1), crop])),
            item(
                "AVIF by its compatible brand", "avif", "avif", (64, 48),
                ContainerImages.image(64, 48, brand: "mif1", compatible: ["miaf", "avif"])),
            item("wide property numbers", "avif", "avif", (64, 48), ContainerImages.image(64, 48, isWide: true)),
            item("AVIF sequence", "avif", "avif", (320, 240), ContainerImages.sequence(320, 240)),
            item("HEIC", "heic", "heic", (64, 48), ContainerImages.image(64, 48, brand: "heic")),
            item("HEIF", "heic", "heif", (64, 48), ContainerImages.image(64, 48, brand: "mif1", compatible: ["heic"])),
            item(
                "turned HEIC", "heic", "heic", (48, 64),
                ContainerImages.image(64, 48, brand: "heic", properties: [ContainerImages.rotation(3)])),
            item(
                "HEIC upside down", "heic", "heic", (64, 48),
                ContainerImages.image(64, 48, brand: "heic", properties: [ContainerImages.rotation(2)])),
            item(
                "cropped and turned HEIC", "heic", "heic", (40, 50),
                ContainerImages.image(64, 48, brand: "heic", properties: [crop, ContainerImages.rotation(1)])),
        ]
    }

    private static var others: [Item] {
        let icon = RasterImages.ico([
            (16, 16, RasterImages.masked(16, 16)), (0, 0, RasterImages.png(256, 256)),
            (48, 48, RasterImages.masked(48, 48)),
        ])
        return [
            item("TIFF, Intel", "tiff", "tif", (70_000, 3), RasterImages.tiff(70_000, 3)),
            item("TIFF, Motorola", "tiff", "tiff", (30, 20), RasterImages.tiff(30, 20, isLittle: false)),
            item("BigTIFF, Intel", "tiff", "tif", (30, 20), RasterImages.tiff(30, 20, isBig: true)),
            item("BigTIFF, Motorola", "tiff", "tif", (30, 20), RasterImages.tiff(30, 20, isLittle: false, isBig: true)),
            item("turned TIFF", "tiff", "tif", (20, 30), RasterImages.tiff(30, 20, orientation: 6)),
            item(
                "TIFF with its directory far behind", "tiff", "tif", (30, 20),
                RasterImages.tiff(30, 20, padding: 900_000)),
            item("bitmap", "bmp", "bmp", (5, 4), RasterImages.bmp(5, 4)),
            item("bitmap from top to bottom", "bmp", "bmp", (5, 4), RasterImages.bmp(5, -4)),
            item("OS/2 bitmap", "bmp", "bmp", (5, 4), RasterImages.bmp(5, 4, header: 12)),
            item("bitmap with a long header", "bmp", "dib", (5, 4), RasterImages.bmp(5, 4, header: 124)),
            item("icon", "ico", "ico", (256, 256), icon),
            item(
                "icon of PNG beyond 256", "ico", "ico", (512, 512),
                RasterImages.ico([(0, 0, RasterImages.png(512, 512))])),
            item(
                "cursor", "ico", "cur", (32, 32),
                RasterImages.ico([(32, 32, RasterImages.masked(32, 32))], isCursor: true)),
        ]
    }

    private static var svgs: [(String, Int, Int, [UInt8])] {
        func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }
        let plain = SVGImages.svg()
        let little: [UInt8] = [0xFF, 0xFE] + plain.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let big: [UInt8] = plain.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let doctype =
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">"
        return [
            ("SVG", 40, 30, utf8(plain)), ("SVG with a mark", 40, 30, [0xEF, 0xBB, 0xBF] + utf8(plain)),
            ("SVG in UTF-16", 40, 30, little), ("SVG in UTF-16 without a mark", 40, 30, big),
            (
                "SVG with a prologue", 40, 30,
                utf8("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- <html> -->\n\(doctype)\n\(plain)\n")
            ),
            ("SVG behind a comment", 40, 30, utf8("<!-- Created with a program -->\n" + plain)),
            (
                "SVG in Latin-1", 40, 30,
                utf8("<?xml version='1.0' encoding='ISO-8859-1'?><!-- ") + [0xE9] + utf8(" -->" + plain)
            ),
            (
                "SVG with a prefix", 40, 30,
                utf8("<s:svg xmlns:s=\"http://www.w3.org/2000/svg\" width=\"40px\" height=\"30\"/>")
            ),
            ("SVG in millimetres", 96, 378, utf8(SVGImages.svg("width=\"25.4mm\" height=\"10cm\""))),
            ("SVG in other units", 96, 32, utf8(SVGImages.svg("width=\"72pt\" height=\"2pc\""))),
            ("SVG with a view box", 200, 101, utf8(SVGImages.svg("viewBox=\"0 0 200,100.6\""))),
            ("SVG that fills", 24, 12, utf8(SVGImages.svg("width=\"100%\" height=\"100%\" viewBox=\"-1 -1 24 12\""))),
            ("SVG with one side", 50, 25, utf8(SVGImages.svg("width=\"50\" viewBox=\"0 0 100 50\""))),
        ]
    }
}
