/// Where a span of keys may be cut when nobody can tell how far it reaches: guessed at every scale from the page just listed.
///
/// Steps that double from the last key on, then the successors of each shorter prefix of it: the next hour, day, month, year;
/// the next tenant; the next directory. All are valid UTF-8 of at most 1,024 bytes, and order is that of bytes, which is that
/// of code points.
struct SplitPoints {
    /// Ascending, behind the page's last key and before the upper bound.
    private(set) var cuts: [ObjectKey] = []

    private static let digits = Array(0x30...0x39 as ClosedRange<UInt32>)
    private static let hexadecimal = digits + Array(0x61...0x66 as ClosedRange<UInt32>)
    /// The innermost place and those behind it tell which characters to expect.
    private static let placesLookedAt = 4

    /// Behind `page`, of the span that ends with `upper` (nil: with the prefix).
    init(after page: KeyPage, upper: ObjectKey?, prefix: String, model: KeyModel) {
        let last = page.last
        let within = page.middle == last ? 0 : page.middle.sharedLength(with: last)
        var found = Self.doubling(page, behind: within, model: model)
        let scalars = Array(last.string.unicodeScalars)
        let innermost = last.prefix(within).count
        let outermost = upper.map { last.prefix(last.sharedLength(with: $0)).count } ?? 0
        let bound = upper.flatMap { Array($0.string.unicodeScalars).dropFirst(outermost).first?.value }
        let places = Self.places(last)
        let alphabets = Self.alphabets(places, model: model)
        for depth in stride(from: innermost, through: outermost, by: -1) where depth < scalars.count {
            guard depth == outermost || depth == innermost || model.branches.branch(at: places[depth]) else { continue }
            let scalar = scalars[depth].value
            var next = Self.siblings(of: scalar, in: alphabets[depth], isInnermost: depth == innermost)
            // The exact end of this prefix.
            next.append(scalar + 1)
            if depth == outermost {
                next += bound.map { Self.eighths(scalar, $0) } ?? Self.landmarks
            }
            for sibling in Set(next).sorted() where sibling > scalar {
                if let key = ObjectKey(listable: scalars[..<depth], sibling) { found.append(key) }
            }
        }
        var previous = last
        for key in found where key > previous && key.hasPrefix(prefix) {
            if let upper, key >= upper { continue }
            cuts.append(key)
            previous = key
        }
    }

    /// One page ahead, two, four, eight: as far as what the page's keys have in common reaches.
    private static func doubling(_ page: KeyPage, behind length: Int, model: KeyModel) -> [ObjectKey] {
        let position = model.fraction(page.last, behind: length, like: page.last)
        let step = (position - model.fraction(page.middle, behind: length, like: page.last)) / page.share
        guard step > 0 else { return [] }
        var found: [ObjectKey] = []
        var gap = step
        while position + gap < 1, found.count < 64 {
            if let key = model.key(position + gap, step: step, behind: length, of: page.last) { found.append(key) }
            gap *= 2
        }
        return found
    }

    /// The place of each character of a key.
    private static func places(_ key: ObjectKey) -> [KeyPlace] {
        var place = KeyPlace(of: key)
        return key.string.unicodeScalars.map { scalar in
            defer { place.advance(past: scalar.value) }
            return place
        }
    }

    /// What was seen at each place and at the next few.
    private static func alphabets(_ places: [KeyPlace], model: KeyModel) -> [PlaceAlphabet] {
        let own = places.map { model.alphabet(at: $0) }
        return own.indices.map { depth in
            var alphabet = own[depth]
            for other in own[depth...].dropFirst().prefix(placesLookedAt - 1) { alphabet.formUnion(other) }
            return alphabet
        }
    }

    /// What may stand in place of a character in keys behind it: digits follow digits, and whatever was seen there at the
    /// innermost place and where characters are many.
    private static func siblings(of scalar: UInt32, in alphabet: PlaceAlphabet, isInnermost: Bool) -> [UInt32] {
        let isDigit = digits.contains(scalar)
        if alphabet.isHexadecimal, isDigit || hexadecimal.contains(scalar) { return hexadecimal }
        let isOneOfMany = alphabet.count >= many && alphabet.rank(scalar).isKnown
        return (isInnermost || isOneOfMany ? alphabet.scalars : []) + (isDigit ? digits : [])
    }
    private static let many = 10

    /// Eighths of the gap between two characters.
    private static func eighths(_ left: UInt32, _ right: UInt32) -> [UInt32] {
        right > left ? (1..<8).map { left + (right - left) * $0 / 8 } : []
    }

    /// Where scripts begin: `-0-5A-Ma-iq{`, accents, Greek, Cyrillic, …, Kana, Han, Hangul, private use, emoji.
    private static let landmarks: [UInt32] = [
        0x2D, 0x30, 0x35, 0x41, 0x4D, 0x61, 0x69, 0x71, 0x7B, 0xC0, 0x400, 0x430, 0x600, 0xE00, 0x3040, 0x4E00, 0x6000,
        0x7000, 0x8000, 0xAC00, 0xE000, 0x10000, 0x1F300, 0x1F600, 0x20000,
    ]
}
