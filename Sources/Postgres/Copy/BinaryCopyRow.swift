/// Where a field lies in the bytes of a row; a length below 0 stands for null.
struct FieldSpan {
    let offset: Int
    let length: Int
}

/// A row of a binary COPY, read in place. It lives as long as the closure call that gets it.
///
/// Every accessor throws `undefinedColumn` for a column that the row does not have, `nullValueNotAllowed` for a null
/// (ask `isNull` first), and `datatypeMismatch` when the bytes cannot be of that type. No error shows the data.
public struct BinaryCopyRow: ~Copyable {
    private let base: UnsafeRawPointer
    private let fields: UnsafeBufferPointer<FieldSpan>

    init(base: UnsafeRawPointer, fields: UnsafeBufferPointer<FieldSpan>) {
        self.base = base
        self.fields = fields
    }

    /// The number of columns.
    public var count: Int { fields.count }

    /// Whether the column, the first being 0, is null.
    public func isNull(_ column: Int) throws -> Bool {
        try span(column).length < 0
    }

    /// A `boolean`.
    public func bool(_ column: Int) throws -> Bool {
        try integer(column, as: UInt8.self) != 0
    }

    /// An `integer`.
    public func int4(_ column: Int) throws -> Int32 {
        try integer(column)
    }

    /// A `bigint`.
    public func int8(_ column: Int) throws -> Int64 {
        try integer(column)
    }

    /// A `double precision`.
    public func float8(_ column: Int) throws -> Double {
        try Double(bitPattern: integer(column))
    }

    /// A `timestamptz` in microseconds since the Unix epoch. Throws `datetimeFieldOverflow` for the infinities, and for
    /// what is beyond 64 bits.
    public func unixMicroseconds(_ column: Int) throws -> Int64 {
        let stored: Int64 = try integer(column)
        let (value, overflow) = stored.addingReportingOverflow(BinaryCopyFormat.epochOffset)
        guard !overflow, stored != .min else {
            throw PostgresError(.datetimeFieldOverflow, "column \(column) is not a finite timestamp")
        }
        return value
    }

    /// A `text`.
    public func text(_ column: Int) throws -> String {
        let text = try withBytes(column) { String(validating: $0, as: UTF8.self) }
        guard let text else { throw mismatch(column, "UTF-8 text") }
        return text
    }

    /// A `bytea`, or the binary form of any other type.
    public func bytes(_ column: Int) throws -> [UInt8] {
        try withBytes(column) { Array($0) }
    }

    /// The bytes of a value where they are, for comparing text without making a String of it. They must not be kept.
    public func withBytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        let span = try value(column)
        return try body(UnsafeRawBufferPointer(start: base + span.offset, count: span.length))
    }

    @inline(__always)
    private func integer<Value: FixedWidthInteger>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
        let span = try value(column)
        guard span.length == MemoryLayout<Value>.size else {
            throw mismatch(column, "a value of \(MemoryLayout<Value>.size) bytes")
        }
        return Value(bigEndian: base.loadUnaligned(fromByteOffset: span.offset, as: Value.self))
    }

    @inline(__always)
    private func value(_ column: Int) throws -> FieldSpan {
        let span = try span(column)
        guard span.length >= 0 else {
            throw PostgresError(.nullValueNotAllowed, "column \(column) is null")
        }
        return span
    }

    @inline(__always)
    private func span(_ column: Int) throws -> FieldSpan {
        guard column >= 0, column < fields.count else {
            throw PostgresError(.undefinedColumn, "the row has no column \(column)")
        }
        return fields[column]
    }

    private func mismatch(_ column: Int, _ expected: String) -> PostgresError {
        PostgresError(.datatypeMismatch, "column \(column) is not \(expected)")
    }
}
