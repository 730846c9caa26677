extension ObjectKey {
    /// A key to list behind, whether or not it exists: `head` and the character `last`, or the next one that every server and
    /// every XML parser takes (no surrogate, no C1 control, no U+FFFE or U+FFFF). Nil where there is none, where another
    /// character is below U+0020, or where the key were longer than `maximumLength`.
    init?(listable head: some Sequence<Unicode.Scalar>, _ last: UInt32) {
        let value: UInt32 =
            switch last {
            case 0x7F..<0xA0: 0xA0
            case 0xD800..<0xE000: 0xE000
            case 0xFFFE...0xFFFF: 0x10000
            default: last
            }
        guard value >= 0x20, let scalar = Unicode.Scalar(value) else { return nil }
        var view = String.UnicodeScalarView()
        for scalar in head {
            guard scalar.value >= 0x20 else { return nil }
            view.append(scalar)
        }
        view.append(scalar)
        self.init(String(view))
        guard length <= Self.maximumLength else { return nil }
    }
}
