/// A place in keys, counted from the last slash before it, so that what follows names of different lengths is compared.
///
/// What follows the last slash of a key, the object's own name, is told apart from the folders' names, and is the same place
/// in whatever folder: a counter of files is not read by the letters of folders that are as deep.
struct KeyPlace {
    private static let segments = 8
    private static let offsets = 64
    /// How many places are told apart.
    static let count = (segments + 1) * offsets

    /// How many folders there are before the object's own name.
    private let folders: Int
    private var segment = 0
    private var offset = 0

    /// The first place of keys that are as deep as `key`.
    init(of key: ObjectKey) { folders = key.string.utf8.count { $0 == 0x2F } }

    /// The place behind the first `length` bytes of a key, of those that are as deep as `model`: nobody can tell how deep a
    /// key is that was made up.
    init(behind length: Int, of key: ObjectKey, like model: ObjectKey) {
        self.init(of: model)
        for byte in key.string.utf8.prefix(length) where byte & 0xC0 != 0x80 { advance(past: UInt32(byte)) }
    }

    /// From 0 up to `count`; places far behind share one.
    var index: Int { (segment < folders ? min(segment, Self.segments - 1) : Self.segments) * Self.offsets + offset }

    mutating func advance(past scalar: UInt32) {
        if scalar == 0x2F {
            segment += 1
            offset = 0
        } else {
            offset = min(offset + 1, Self.offsets - 1)
        }
    }
}
