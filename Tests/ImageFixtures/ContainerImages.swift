/// Files that begin like images in the ISO base media file format.
public enum ContainerImages {
    /// An AVIF or HEIC whose primary item has a size and properties, beside an item of another size.
    public static func image(
        _ width: Int, _ height: Int, brand: String = "avif", compatible: [String] = ["mif1", "miaf"],
        properties: [[UInt8]] = [], other: (Int, Int) = (8, 8), isWide: Bool = false
    ) -> [UInt8] {
        let all = [extent(other.0, other.1), extent(width, height)] + properties
        let count = properties.count + 1
        var associations = Bytes([0, 0, 0, isWide ? 1 : 0]).big(2, 4).big(1, 2).big(1, 1).big(1, isWide ? 2 : 1)
            .big(2, 2).big(count, 1)
        for index in 0..<count { associations = associations.big(index + 2, isWide ? 2 : 1) }
        let items =
            box("hdlr", Bytes().zeroes(8).text("pict").zeroes(13).all) + box("pitm", Bytes().zeroes(4).big(2, 2).all)
            + box("iprp", box("ipco", all.flatMap { $0 }) + box("ipma", associations.all))
        return fileType(brand, compatible) + box("meta", [0, 0, 0, 0] + items) + box("mdat", [1, 2, 3, 4])
    }

    /// A sequence of images in a track of a size.
    public static func sequence(_ width: Int, _ height: Int, brand: String = "avis") -> [UInt8] {
        let header = Bytes().zeroes(76).big(width << 16, 4).big(height << 16, 4).all
        return fileType(brand, ["msf1", "avis"]) + box("moov", box("mvhd", []) + box("trak", box("tkhd", header)))
            + box("mdat", [1])
    }

    /// A property that turns by so many quarters.
    public static func rotation(_ quarters: Int) -> [UInt8] { box("irot", [UInt8(quarters)]) }

    /// A property that leaves so much of the middle.
    public static func aperture(_ width: Int, _ height: Int) -> [UInt8] {
        box(
            "clap", Bytes().big(width, 4).big(1, 4).big(height, 4).big(1, 4).big(0, 4).big(1, 4).big(0, 4).big(1, 4).all
        )
    }

    /// The box that such files begin with.
    public static func fileType(_ brand: String, _ compatible: [String] = []) -> [UInt8] {
        box("ftyp", Bytes().text(brand).zeroes(4).text(compatible.joined()).all)
    }

    /// A box.
    public static func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        Bytes().big(content.count + 8, 4).text(kind).bytes(content).all
    }

    private static func extent(_ width: Int, _ height: Int) -> [UInt8] {
        box("ispe", Bytes().zeroes(4).big(width, 4).big(height, 4).all)
    }
}
