extension [UInt8] {
    /// The bytes as pairs of lower-case hexadecimal digits.
    public var hexadecimal: String {
        String(decoding: flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static var digits: [UInt8] { [UInt8]("0123456789abcdef".utf8) }

    /// The bytes that pairs of hexadecimal digits stand for, in either case; nil for anything else.
    public init?(hexadecimal digits: String) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in digits {
            guard let value = character.hexDigitValue, character.isASCII else { return nil }
            if let first = high {
                bytes.append(first << 4 | UInt8(value))
                high = nil
            } else {
                high = UInt8(value)
            }
        }
        guard high == nil else { return nil }
        self = bytes
    }
}
