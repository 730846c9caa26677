/// A place in keys, counted from the last slash before it, so that what follows names of different lengths is compared.
struct KeyPlace {
    private static let segments = 8
    private static let offsets = 64
    /// How many places are told apart.
    static let count = segments * offsets

    private var segment = 0
    private var offset = 0

    /// The first.
    init() {}

    /// The place behind the first `length` bytes of a key.
    init(behind length: Int, of key: ObjectKey) {
        for byte in key.string.utf8.prefix(length) where byte & 0xC0 != 0x80 { advance(past: UInt32(byte)) }
    }

    /// From 0 up to `count`; places far behind share one.
    var index: Int { segment * Self.offsets + offset }

    mutating func advance(past scalar: UInt32) {
        if scalar == 0x2F {
            segment = min(segment + 1, Self.segments - 1)
            offset = 0
        } else {
            offset = min(offset + 1, Self.offsets - 1)
        }
    }
}
