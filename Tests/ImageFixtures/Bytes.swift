/// Bytes that are put together from numbers, text and one another.
public struct Bytes {
    /// What was put together so far.
    public private(set) var all: [UInt8] = []

    /// None yet.
    public init() {}

    /// These.
    public init(_ bytes: [UInt8]) { all = bytes }

    /// With a text's UTF-8 behind them.
    public func text(_ text: String) -> Bytes { bytes(Array(text.utf8)) }

    /// With other bytes behind them.
    public func bytes(_ bytes: [UInt8]) -> Bytes { Bytes(all + bytes) }

    /// With a number of so many bytes behind them, its most significant byte first.
    public func big(_ number: Int, _ count: Int) -> Bytes {
        bytes((0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }

    /// With a number of so many bytes behind them, its least significant byte first.
    public func little(_ number: Int, _ count: Int) -> Bytes {
        bytes((0..<count).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }

    /// With zeroes behind them.
    public func zeroes(_ count: Int) -> Bytes { bytes([UInt8](repeating: 0, count: count)) }
}
