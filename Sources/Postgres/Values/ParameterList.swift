internal import CLibPQ

/// Parameters as libpq wants them: one block of bytes with a start and a length for each.
///
/// All are text, except `bytea`, which goes in binary. No types are sent: the server infers them.
struct ParameterList: Sendable {
    private var bytes: [UInt8] = []
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// Throws `characterNotInRepertoire` for text with a NUL, which PostgreSQL cannot store, and
    /// `invalidParameterValue` for more than 65,535 parameters or a value over 1 GiB.
    init(_ values: [PostgresValue]) throws {
        guard values.count <= Int(UInt16.max) else {
            throw PostgresError(.invalidParameterValue, "more than 65535 parameters")
        }
        for value in values {
            switch value {
            case .null: appendNull()
            case .string(let text): try append(text: text)
            case .int64(let number): try append(text: String(number))
            case .bool(let flag): try append(text: flag ? "t" : "f")
            case .double(let number): try append(text: String(number))
            case .bytes(let data): try append(data, isBinary: true)
            case .strings(let texts): try append(text: ArrayLiteral.encode(texts))
            case .int64s(let numbers): try append(text: ArrayLiteral.encode(numbers))
            }
        }
    }

    /// Sends a statement with these parameters.
    func sendQuery(_ sql: String, on connection: OpaquePointer) -> Int32 {
        withPointers { pointers in
            PQsendQueryParams(connection, sql, Int32(lengths.count), nil, pointers, lengths, formats, 0)
        }
    }

    /// Executes a prepared statement with these parameters.
    func sendPrepared(_ name: String, on connection: OpaquePointer) -> Int32 {
        withPointers { pointers in
            PQsendQueryPrepared(connection, name, Int32(lengths.count), pointers, lengths, formats, 0)
        }
    }

    private func withPointers<Result>(_ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            body(
                starts.map { start in
                    start.flatMap { buffer.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
                })
        }
    }

    private mutating func appendNull() {
        starts.append(nil)
        lengths.append(0)
        formats.append(0)
    }

    private mutating func append(text: String) throws {
        guard !text.utf8.contains(0) else {
            throw PostgresError(.characterNotInRepertoire, "parameter $\(starts.count + 1) contains a NUL")
        }
        try append(text.utf8, isBinary: false)
    }

    private mutating func append(_ value: some Collection<UInt8>, isBinary: Bool) throws {
        guard value.count <= 1 << 30 else {
            throw PostgresError(.invalidParameterValue, "parameter $\(starts.count + 1) is larger than 1 GiB")
        }
        starts.append(bytes.count)
        lengths.append(Int32(value.count))
        formats.append(isBinary ? 1 : 0)
        bytes.append(contentsOf: value)
        bytes.append(0)
    }
}
