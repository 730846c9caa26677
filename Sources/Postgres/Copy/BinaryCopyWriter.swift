/// Writes rows in PostgreSQL's binary COPY format.
///
/// ```swift
/// try await connection.copyIn("copy item (id, name) from stdin (format binary)") { writer in
///     for item in items {
///         try writer.beginRow(columns: 2)
///         writer.append(item.id)
///         writer.append(item.name)
///     }
/// }
/// ```
///
/// Each value must have exactly the type of its column: `append(Int64)` does not fit an `integer`. Appending never
/// throws; a wrong number of values, or one that cannot be written, is reported by the next `beginRow` or at the end.
/// What is written goes out in chunks, so memory is bounded by one chunk and the largest row.
public struct BinaryCopyWriter: ~Copyable {
    private var buffer: UnsafeMutableRawBufferPointer
    private var count = 0
    private var missing = 0
    private var failure: PostgresError?
    private let send: (UnsafeRawBufferPointer) throws -> Void

    /// Chunks are sent at the first row boundary behind this size.
    static let chunkSize = 256 * 1024

    /// Starts with the header. `send` gets the chunks.
    init(send: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        buffer = .allocate(byteCount: Self.chunkSize + 64 * 1024, alignment: 16)
        self.send = send
        BinaryCopyFormat.signature.withUnsafeBytes { put($0) }
        put(UInt32(0))
        put(UInt32(0))
    }

    deinit {
        buffer.deallocate()
    }

    /// Starts a row of so many values. Throws `badCopyFileFormat` when the row before was not complete or held a value
    /// that cannot be written, and whatever sending throws.
    public mutating func beginRow(columns: Int) throws {
        try finishRow()
        if count >= Self.chunkSize { try flush() }
        guard let columnCount = Int16(exactly: columns), columns >= 0 else {
            throw PostgresError(.badCopyFileFormat, "a row cannot have \(columns) columns")
        }
        put(columnCount)
        missing = columns
    }

    /// A null of any type.
    public mutating func appendNull() {
        missing -= 1
        put(BinaryCopyFormat.nullLength)
    }

    /// `boolean`
    public mutating func append(_ value: Bool) {
        missing -= 1
        put(Int32(1))
        put(UInt8(value ? 1 : 0))
    }

    /// `integer`
    public mutating func append(_ value: Int32) {
        missing -= 1
        put(Int32(4))
        put(value)
    }

    /// `bigint`
    public mutating func append(_ value: Int64) {
        missing -= 1
        put(Int32(8))
        put(value)
    }

    /// `double precision`
    public mutating func append(_ value: Double) {
        missing -= 1
        put(Int32(8))
        put(value.bitPattern)
    }

    /// `timestamptz`, in microseconds since the Unix epoch.
    public mutating func append(unixMicroseconds: Int64) {
        let (value, overflow) = unixMicroseconds.subtractingReportingOverflow(BinaryCopyFormat.epochOffset)
        if overflow { failure = PostgresError(.datetimeFieldOverflow, "a timestamp is out of range") }
        append(value)
    }

    /// `text`, `varchar` or another type whose binary form is its text. The server refuses a NUL in it.
    public mutating func append(_ value: String) {
        let isWritten: Void? = value.utf8.withContiguousStorageIfAvailable { append(bytes: UnsafeRawBufferPointer($0)) }
        if isWritten == nil { append(Array(value.utf8)) }
    }

    /// `bytea`
    public mutating func append(_ value: [UInt8]) {
        value.withUnsafeBytes { append(bytes: $0) }
    }

    /// The binary form of a value of any type; the bytes of a `text` or `bytea`.
    public mutating func append(bytes: UnsafeRawBufferPointer) {
        missing -= 1
        guard bytes.count <= BinaryCopyFormat.longestField else {
            failure = PostgresError(.badCopyFileFormat, "a value is larger than 1 GiB")
            return
        }
        put(Int32(bytes.count))
        put(bytes)
    }

    /// The value, or null for nil.
    public mutating func append(orNull value: String?) {
        if let value { append(value) } else { appendNull() }
    }

    /// The value, or null for nil.
    public mutating func append(orNull value: Int64?) {
        if let value { append(value) } else { appendNull() }
    }

    /// Ends the last row, writes the trailer and sends the rest.
    mutating func finish() throws {
        try finishRow()
        put(BinaryCopyFormat.trailer)
        try flush()
    }

    private mutating func finishRow() throws {
        if let failure { throw failure }
        guard missing == 0 else {
            let problem = missing > 0 ? "\(missing) values too few" : "\(-missing) values too many"
            throw PostgresError(.badCopyFileFormat, "a row has \(problem)")
        }
    }

    private mutating func flush() throws {
        try send(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        count = 0
    }

    // MARK: Bytes

    @inline(__always)
    private mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        buffer.storeBytes(of: value.bigEndian, toByteOffset: count, as: Value.self)
        count += MemoryLayout<Value>.size
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    @inline(__always)
    private mutating func reserve(_ extra: Int) {
        if buffer.count - count < extra { grow(extra) }
    }

    private mutating func grow(_ extra: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(buffer.count * 2, count + extra), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        buffer.deallocate()
        buffer = larger
    }
}
