/// The items of a HEIF file's `meta` box: which is the primary one, and what its properties are. Source: ISO/IEC 23008-12.
struct ISOItems {
    private let primary: Int
    private let properties: ISOBox
    private let associations: [ISOBox]

    /// Finds the boxes that matter. Throws `malformed` where one of them is not there.
    init(_ reader: inout ByteReader, _ meta: ISOBox) throws {
        let children = ISOBox.Level(meta.content.dropHead(4))
        guard let primary = try children.first("pitm", &reader),
            let container = try children.first("iprp", &reader),
            let properties = try ISOBox.Level(container.content).first("ipco", &reader)
        else { throw Self.malformed }
        let place = primary.content.lowerBound
        self.primary =
            try reader.byte(place) == 0 ? reader.number16(place + 4, .big) : reader.number32(place + 4, .big)
        self.properties = properties
        var associations: [ISOBox] = []
        var level = ISOBox.Level(container.content)
        while let box = try level.next(&reader) {
            if box.kind == ISOBox.kind("ipma") { associations.append(box) }
        }
        self.associations = associations
    }

    /// Finds the size of the primary item, and counts the pixels of all that are described.
    func read(_ reader: inout ByteReader, isTurned: Bool, into facts: inout ImageFacts) throws {
        var boxes: [ISOBox] = []
        var level = ISOBox.Level(properties.content)
        while let box = try level.next(&reader) { boxes.append(box) }
        let own = try indices(&reader).filter { boxes.indices.contains($0 - 1) }.map { boxes[$0 - 1] }
        guard let extent = own.first(where: { $0.kind == ISOBox.kind("ispe") }) else { throw Self.malformed }
        var size = try Self.extent(&reader, extent.content.lowerBound)
        for box in own where isTurned {
            let place = box.content.lowerBound
            switch box.kind {
            case ISOBox.kind("clap"): size = try Self.cropped(size, &reader, place)
            case ISOBox.kind("irot"): if try reader.byte(place) & 1 == 1 { size = size.turned }
            default: break
            }
        }
        try facts.found(size)
        for box in boxes where box.kind == ISOBox.kind("ispe") {
            try facts.holds(try Self.extent(&reader, box.content.lowerBound))
        }
    }

    /// The numbers of the primary item's properties, in their order; the first property has number 1.
    private func indices(_ reader: inout ByteReader) throws -> [Int] {
        for box in associations {
            var place = box.content.lowerBound
            let version = try reader.byte(place)
            let isWide = try reader.byte(place + 3) & 1 == 1
            let count = try reader.number32(place + 4, .big)
            place += 8
            for _ in 0..<count {
                guard place < box.content.upperBound else { throw Self.malformed }
                let item = version == 0 ? try reader.number16(place, .big) : try reader.number32(place, .big)
                place += version == 0 ? 2 : 4
                let length = Int(try reader.byte(place))
                place += 1
                if item == primary {
                    return try (0..<length).map { index in
                        isWide
                            ? try reader.number16(place + Int64(index) * 2, .big) & 0x7FFF
                            : Int(try reader.byte(place + Int64(index))) & 0x7F
                    }
                }
                place += Int64(length) * (isWide ? 2 : 1)
            }
        }
        throw Self.malformed
    }

    private static func extent(_ reader: inout ByteReader, _ place: Int64) throws -> PixelSize {
        PixelSize(width: try reader.number32(place + 4, .big), height: try reader.number32(place + 8, .big))
    }

    /// What a clean aperture leaves of a size; all of it where the aperture is none.
    private static func cropped(_ size: PixelSize, _ reader: inout ByteReader, _ place: Int64) throws -> PixelSize {
        let width = try fraction(&reader, place)
        let height = try fraction(&reader, place + 8)
        return PixelSize(width: min(width ?? size.width, size.width), height: min(height ?? size.height, size.height))
    }

    /// A fraction, rounded; nil for none.
    private static func fraction(_ reader: inout ByteReader, _ place: Int64) throws -> Int? {
        let numerator = try reader.number32(place, .big)
        let denominator = try reader.number32(place + 4, .big)
        return denominator == 0 ? nil : (numerator + denominator / 2) / denominator
    }

    private static let malformed = ContentError(
        .malformed, "The image does not tell which of its pictures is the main one, or its size: save it anew.")
}

extension Range<Int64> {
    /// Without so many at its beginning.
    fileprivate func dropHead(_ count: Int64) -> Range<Int64> { Swift.min(lowerBound + count, upperBound)..<upperBound }
}
