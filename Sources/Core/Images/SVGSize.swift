/// The size in pixels that an SVG's root element tells. Source: SVG 2, 8; CSS Values Level 4, 6.2.
enum SVGSize {
    /// The size; nil where the element tells none, as pictures do that fill what they are shown in.
    static func size(of attributes: [XMLAttribute]) -> PixelSize? {
        let box = viewBox(of: attributes)
        let width = length(of: "width", attributes)
        let height = length(of: "height", attributes)
        switch (width, height) {
        case (let width?, let height?): return size(width, height)
        case (let width?, nil): return box.flatMap { size(width, width * $0.height / $0.width) }
        case (nil, let height?): return box.flatMap { size(height * $0.width / $0.height, height) }
        case (nil, nil): return box.flatMap { size($0.width, $0.height) }
        }
    }

    /// Rounded to whole pixels, one at least where there is anything at all.
    private static func size(_ width: Double, _ height: Double) -> PixelSize? {
        guard width >= 0, height >= 0, width < 1e12, height < 1e12 else { return nil }
        return PixelSize(width: whole(width), height: whole(height))
    }

    private static func whole(_ length: Double) -> Int { length > 0 ? max(1, Int(length.rounded())) : 0 }

    private static func viewBox(of attributes: [XMLAttribute]) -> (width: Double, height: Double)? {
        guard let value = attributes.first(where: { $0.name == "viewBox" })?.value else { return nil }
        let numbers = value.split { [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains($0) }
            .map { Double(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 4, let width = numbers[2], let height = numbers[3], width > 0, height > 0 else {
            return nil
        }
        return (width, height)
    }

    /// A length in pixels; nil for none, a percentage, or one that depends on fonts or on what shows it.
    private static func length(of name: String, _ attributes: [XMLAttribute]) -> Double? {
        guard let value = attributes.first(where: { $0.name == name })?.value else { return nil }
        let text = String(decoding: value, as: UTF8.self).filter { !$0.isWhitespace }.lowercased()
        for (unit, pixels) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.utf8.count)), number.isFinite else { return nil }
            return number * pixels
        }
        guard let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private static let units: [(String, Double)] = [
        ("px", 1), ("pt", 96.0 / 72), ("pc", 16), ("mm", 96 / 25.4), ("cm", 96 / 2.54), ("in", 96), ("q", 96 / 101.6),
    ]
}
