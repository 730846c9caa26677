/// A part of an object.
public enum S3ByteRange: Hashable, Sendable {
    /// From an offset to the end.
    case from(Int64)
    /// Between two offsets, the last byte included.
    case bytes(ClosedRange<Int64>)
    /// So many bytes at the end.
    case last(Int64)

    /// The value of a `Range` header (RFC 9110, 14.2).
    var header: String {
        switch self {
        case .from(let start): "bytes=\(start)-"
        case .bytes(let range): "bytes=\(range.lowerBound)-\(range.upperBound)"
        case .last(let count): "bytes=-\(count)"
        }
    }

    /// Whether it can be asked for.
    var isValid: Bool {
        switch self {
        case .from(let start): start >= 0
        case .bytes(let range): range.lowerBound >= 0
        case .last(let count): count > 0
        }
    }
}
