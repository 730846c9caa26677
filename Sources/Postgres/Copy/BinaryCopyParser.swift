/// Reads PostgreSQL's binary COPY format from chunks of any size, without IO.
///
/// Rows that lie whole in a chunk, as the server sends them, are read in place; only a row that is split over chunks is
/// copied. Everything that is not exactly the format is refused with `badCopyFileFormat`.
struct BinaryCopyParser: ~Copyable {
    private var state = State.header
    private var pending: [UInt8] = []
    private var fields: UnsafeMutableBufferPointer<FieldSpan>
    private var columnCount: Int?

    private enum State {
        case header
        case extensionArea(Int)
        case rows
        case ended
    }

    init() {
        fields = .allocate(capacity: 16)
    }

    deinit {
        fields.deallocate()
    }

    /// Reads a chunk, and hands each row that is complete with it to `row`.
    mutating func consume(
        _ chunk: UnsafeRawBufferPointer, row: (borrowing BinaryCopyRow) throws -> Void
    ) throws {
        guard !pending.isEmpty else {
            let used = try parse(chunk, row)
            pending.append(contentsOf: chunk[used...])
            return
        }
        pending.append(contentsOf: chunk)
        let bytes = exchange(&pending, with: [])
        let used = try bytes.withUnsafeBytes { try parse($0, row) }
        pending = used == 0 ? bytes : Array(bytes[used...])
    }

    /// To be called after the last chunk: throws when the stream stopped before its trailer.
    func finish() throws {
        guard case .ended = state, pending.isEmpty else { throw malformed("it is cut off") }
    }

    /// Reads as much as is complete. Returns the number of bytes used.
    private mutating func parse(
        _ bytes: UnsafeRawBufferPointer, _ row: (borrowing BinaryCopyRow) throws -> Void
    ) throws -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var offset = 0
        while true {
            let rest = bytes.count - offset
            switch state {
            case .header:
                guard try header(base, rest) else { return offset }
                offset += BinaryCopyFormat.headerSize
            case .extensionArea(let length):
                let skipped = min(length, rest)
                offset += skipped
                guard skipped == length else {
                    state = .extensionArea(length - skipped)
                    return offset
                }
                state = .rows
            case .rows:
                guard let length = try rowLength(base + offset, rest) else { return offset }
                if case .ended = state {
                    offset += length
                    continue
                }
                try row(
                    BinaryCopyRow(
                        base: base + offset,
                        fields: UnsafeBufferPointer(rebasing: fields[..<(columnCount ?? 0)])))
                offset += length
            case .ended:
                guard rest == 0 else { throw malformed("there is data after the trailer") }
                return offset
            }
        }
    }

    /// Checks the header. Returns false when it is not complete.
    private mutating func header(_ base: UnsafeRawPointer, _ available: Int) throws -> Bool {
        let signature = BinaryCopyFormat.signature
        let start = UnsafeRawBufferPointer(start: base, count: min(available, signature.count))
        guard start.elementsEqual(signature.prefix(start.count)) else { throw malformed("its signature is wrong") }
        guard available >= BinaryCopyFormat.headerSize else { return false }
        let flags: UInt32 = Self.load(base + signature.count)
        guard flags & BinaryCopyFormat.criticalFlags == 0 else { throw malformed("it uses an unknown feature") }
        let length: Int32 = Self.load(base + signature.count + 4)
        guard length >= 0 else { throw malformed("the length of its header is negative") }
        state = .extensionArea(Int(length))
        return true
    }

    /// Finds the fields of the row at `base`. Returns its length, or nil when it is not complete; for the trailer the
    /// state is `ended` afterwards.
    private mutating func rowLength(_ base: UnsafeRawPointer, _ available: Int) throws -> Int? {
        guard available >= 2 else { return nil }
        let count: Int16 = Self.load(base)
        guard count != BinaryCopyFormat.trailer else {
            state = .ended
            return 2
        }
        try expect(columns: count)
        var offset = 2
        for index in 0..<Int(count) {
            guard available - offset >= 4 else { return nil }
            let length: Int32 = Self.load(base + offset)
            guard length >= BinaryCopyFormat.nullLength, length <= BinaryCopyFormat.longestField else {
                throw malformed("the length of a field is impossible")
            }
            offset += 4
            fields[index] = FieldSpan(offset: offset, length: Int(length))
            offset += max(0, Int(length))
            guard offset <= available else { return nil }
        }
        return offset
    }

    /// All rows have as many columns as the first one.
    private mutating func expect(columns count: Int16) throws {
        if let columnCount, columnCount == Int(count) { return }
        guard count >= 0, columnCount == nil else { throw malformed("the number of columns is impossible") }
        columnCount = Int(count)
        if fields.count < Int(count) {
            fields.deallocate()
            fields = .allocate(capacity: Int(count))
        }
    }

    @inline(__always)
    private static func load<Value: FixedWidthInteger>(_ pointer: UnsafeRawPointer) -> Value {
        Value(bigEndian: pointer.loadUnaligned(as: Value.self))
    }

    private func malformed(_ problem: String) -> PostgresError {
        PostgresError(.badCopyFileFormat, "the binary COPY data is malformed: \(problem)")
    }
}
