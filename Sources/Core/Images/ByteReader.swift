/// Reads numbers and short ranges of a source by a window, so that small reads next to each other cost one.
///
/// It never asks for a byte behind the end, and for a bounded number of bytes in all.
struct ByteReader {
    /// How many bytes a window has.
    static let windowSize = 4 * 1024
    /// How many windows one inspection reads at most.
    static let maximumWindows = 2_048

    /// How many bytes are read first.
    static let headSize = 64 * 1024

    /// How many bytes there are.
    let size: Int64
    /// The first of them.
    let head: [UInt8]

    private let source: any ByteSource
    private var window: [UInt8] = []
    private var start: Int64 = 0
    private var windows = 0

    /// Reads a source, its beginning at once. Throws what the source throws.
    init(_ source: any ByteSource) throws {
        self.source = source
        size = max(0, min(source.size, .max / 4))
        window = try source.bytes(at: 0, count: Int(min(Int64(Self.headSize), size)))
        head = window
    }

    /// All bytes, read piece by piece. Throws `unsupported` where there are more than `limit`.
    func contents(limit: Int64) throws -> [UInt8] {
        guard size <= limit else {
            throw ContentError(
                .unsupported,
                "The content has \(size) bytes, and only \(limit) bytes of its type are inspected: make it smaller.")
        }
        var contents: [UInt8] = []
        while Int64(contents.count) < size {
            let piece = try source.bytes(
                at: Int64(contents.count), count: Int(min(Int64(Self.headSize), size - Int64(contents.count))))
            guard !piece.isEmpty else { throw Self.truncated }
            contents += piece
        }
        return contents
    }

    /// `count` bytes, at most a window. Throws `truncated` where there are fewer.
    mutating func bytes(at offset: Int64, count: Int) throws -> ArraySlice<UInt8> {
        guard count <= Self.windowSize else { throw Self.unsupported }
        let first = try place(offset, count)
        return window[first..<first + count]
    }

    /// The bytes that there are between two places, at most a window.
    mutating func bytes(_ range: Range<Int64>) throws -> ArraySlice<UInt8> {
        let lower = max(0, min(range.lowerBound, size))
        let count = min(max(0, min(range.upperBound, size) - lower), Int64(Self.windowSize))
        return try bytes(at: lower, count: Int(count))
    }

    /// One byte.
    mutating func byte(_ offset: Int64) throws -> UInt8 { window[try place(offset, 1)] }

    /// A number of two bytes.
    mutating func number16(_ offset: Int64, _ order: ByteOrder) throws -> Int {
        let first = try place(offset, 2)
        return Int(order.combine(window[first..<first + 2]))
    }

    /// A number of three bytes.
    mutating func number24(_ offset: Int64, _ order: ByteOrder) throws -> Int {
        let first = try place(offset, 3)
        return Int(order.combine(window[first..<first + 3]))
    }

    /// A number of four bytes.
    mutating func number32(_ offset: Int64, _ order: ByteOrder) throws -> Int {
        let first = try place(offset, 4)
        return Int(order.combine(window[first..<first + 4]))
    }

    /// A number of eight bytes.
    mutating func number64(_ offset: Int64, _ order: ByteOrder) throws -> UInt64 {
        let first = try place(offset, 8)
        return order.combine(window[first..<first + 8])
    }

    /// Whether these bytes stand there.
    mutating func has(_ text: StaticString, at offset: Int64) throws -> Bool {
        guard offset >= 0, offset + Int64(text.utf8CodeUnitCount) <= size else { return false }
        return try bytes(at: offset, count: text.utf8CodeUnitCount).elementsEqual(text.bytes)
    }

    /// The place in the window of bytes that are in it then.
    private mutating func place(_ offset: Int64, _ count: Int) throws -> Int {
        guard offset >= 0, offset <= size - Int64(count) else { throw Self.truncated }
        if offset >= start, offset + Int64(count) <= start + Int64(window.count) { return Int(offset - start) }
        guard windows < Self.maximumWindows else { throw Self.unsupported }
        windows += 1
        window = try source.bytes(at: offset, count: Int(min(Int64(Self.windowSize), size - offset)))
        start = offset
        guard window.count >= count else { throw Self.truncated }
        return 0
    }

    /// The bytes end before what the header promises.
    static let truncated = ContentError(
        .truncated, "The content ends in the middle of its header: it was cut off on its way, so send it whole.")

    /// The header leads to too many places.
    static let unsupported = ContentError(
        .unsupported,
        "The content's header is spread too widely to be inspected: save the image anew with a common program.")
}
