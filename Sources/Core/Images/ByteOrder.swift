/// Which byte of a number comes first.
enum ByteOrder {
    /// The most significant one.
    case big
    /// The least significant one.
    case little

    /// The number that at most eight bytes are.
    func combine(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        switch self {
        case .big: bytes.reduce(0) { $0 << 8 | UInt64($1) }
        case .little: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
