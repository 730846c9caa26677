/// Keys in many scripts, of one to four bytes a character: byte order is neither that of UTF-16 nor that of any language.
struct UnicodeNames {
    /// Letters of a script; none of them is a control character or a noncharacter.
    private static let scripts: [ClosedRange<UInt32>] = [
        0x61...0x7a, 0xe0...0xf6, 0x3b1...0x3c1, 0x430...0x44f, 0x5d0...0x5ea, 0x628...0x63a, 0x905...0x939,
        0xe01...0xe2e, 0x3041...0x3096, 0x4e00...0x9fa5, 0xac00...0xd7a3, 0xe000...0xe0ff, 0xff21...0xff5a,
        0x10330...0x10348, 0x1d400...0x1d433, 0x1f600...0x1f64f, 0x20000...0x2a6d0,
    ]
    private static let marks = [
        " ", "+", "&", "%", "'", "\"", "<", ">", "#", "?", "=", "\\", "~", "*", "(", "é", "e\u{301}",
    ]
    private static let longest = 1_023

    var random: SplitMix64

    /// Appends one more key.
    mutating func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        let depth = 1 + random.below(3)
        for level in 0..<depth {
            if level > 0 { bytes.append("/") }
            // Folders are few, so that many keys share them.
            appendName(to: &bytes, level < depth - 1 ? 8 : Self.scripts.count, letters: level < depth - 1 ? 1 : 6)
        }
        if random.below(1_000) == 0 {
            let script = random.below(Self.scripts.count)
            while bytes.count - start < Self.longest - 32 { appendLetter(of: script, to: &bytes) }
        }
        bytes.append(" ")
        bytes.append(hex: random.next(), digits: 16)
    }

    private mutating func appendName(to bytes: inout [UInt8], _ scripts: Int, letters: Int) {
        let script = random.below(scripts)
        for _ in 0...random.below(letters) { appendLetter(of: script, to: &bytes) }
        if random.below(4) == 0 { bytes.append(Self.marks[random.below(Self.marks.count)]) }
    }

    private mutating func appendLetter(of script: Int, to bytes: inout [UInt8]) {
        let letters = Self.scripts[script]
        let value = letters.lowerBound + UInt32(random.below(letters.count))
        if let letter = Unicode.Scalar(value) {
            bytes.append(contentsOf: UTF8.encode(letter) ?? UTF8.encodedReplacementCharacter)
        }
    }
}
