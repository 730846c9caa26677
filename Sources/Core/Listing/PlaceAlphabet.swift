/// The characters that were seen at one place of keys, in order: the digits that this place of a number can have.
struct PlaceAlphabet {
    /// Characters below U+0080, one bit each.
    private var ascii: (UInt64, UInt64) = (0, 0)
    /// The others, ascending; where there are many, those seen first stand for all.
    private var others: [UInt32] = []
    private static let mostOthers = 128

    /// How many characters there are.
    var count: Int { ascii.0.nonzeroBitCount + ascii.1.nonzeroBitCount + others.count }

    /// Nearly all digits of hexadecimal numbers were seen, and little else.
    var isHexadecimal: Bool {
        let seen = (ascii.0 & Self.digits).nonzeroBitCount + (ascii.1 & Self.hexadecimalLetters).nonzeroBitCount
        return seen >= 14 && count <= 20
    }

    private static let digits: UInt64 = 0x3FF << 0x30
    private static let hexadecimalLetters: UInt64 = 0x3F << (0x61 - 64)

    mutating func insert(_ scalar: UInt32) {
        switch scalar {
        case 0x30...0x39:
            ascii.0 |= 1 << UInt64(scalar)
            // Where a counter shows two digits it will show those between them.
            let seen = ascii.0 & Self.digits
            ascii.0 |= (1 << UInt64(63 - seen.leadingZeroBitCount)) - (1 << UInt64(seen.trailingZeroBitCount))
        case 0..<64: ascii.0 |= 1 << UInt64(scalar)
        case 64..<128: ascii.1 |= 1 << UInt64(scalar - 64)
        default:
            let place = rank(amongOthers: scalar)
            guard others.count < Self.mostOthers, place == others.count || others[place] != scalar else { return }
            others.insert(scalar, at: place)
        }
    }

    mutating func formUnion(_ other: PlaceAlphabet) {
        ascii.0 |= other.ascii.0
        ascii.1 |= other.ascii.1
        for scalar in other.others { insert(scalar) }
    }

    /// How many characters of the alphabet are before this one, and whether it is one of them itself.
    func rank(_ scalar: UInt32) -> (before: Int, isKnown: Bool) {
        switch scalar {
        case 0..<64:
            let bit = 1 << UInt64(scalar) as UInt64
            return ((ascii.0 & (bit - 1)).nonzeroBitCount, ascii.0 & bit != 0)
        case 64..<128:
            let bit = 1 << UInt64(scalar - 64) as UInt64
            return (ascii.0.nonzeroBitCount + (ascii.1 & (bit - 1)).nonzeroBitCount, ascii.1 & bit != 0)
        default:
            let place = rank(amongOthers: scalar)
            return (
                ascii.0.nonzeroBitCount + ascii.1.nonzeroBitCount + place,
                place < others.count && others[place] == scalar
            )
        }
    }

    /// The character before which `rank` others are; `rank` is below `count`.
    subscript(rank: Int) -> UInt32 {
        var rest = rank
        for (half, offset) in [(ascii.0, 0 as UInt32), (ascii.1, 64)] {
            guard rest >= half.nonzeroBitCount else {
                var bits = half
                for _ in 0..<rest { bits &= bits - 1 }
                return offset + UInt32(bits.trailingZeroBitCount)
            }
            rest -= half.nonzeroBitCount
        }
        return others[rest]
    }

    /// All of them, ascending.
    var scalars: [UInt32] { (0..<count).map { self[$0] } }

    private func rank(amongOthers scalar: UInt32) -> Int {
        var low = 0
        var high = others.count
        while low < high {
            let middle = (low + high) / 2
            if others[middle] < scalar { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
