import Postgres
import Testing

@Suite(.timeLimit(.minutes(15))) struct CopyTests {
    static let copyIn = "copy t (id, key, size, modified, etag, flag, small, score) from stdin (format binary)"
    static let copyOut = """
        copy (select id, key, size, modified, etag, flag, small, score from t order by id) to stdout (format binary)
        """

    func withTable(_ body: (PostgresConnection) async throws -> Void) async throws {
        try await withConnection { connection in
            try await connection.execute(
                """
                create temporary table t (
                    id int8 primary key, key text not null, size int8, modified timestamptz, etag bytea, flag bool,
                    small int4, score float8)
                """)
            try await body(connection)
        }
    }

    static func write(_ id: Int64, to writer: inout BinaryCopyWriter) throws {
        try writer.beginRow(columns: 8)
        writer.append(id)
        writer.append("prefix/\(id)/é 𝄞 ' \\ \n")
        writer.append(orNull: id.isMultiple(of: 3) ? nil : id * 7)
        writer.append(unixMicroseconds: 1_700_000_000_000_000 + id)
        writer.append([UInt8(truncatingIfNeeded: id), 0, 255])
        writer.append(id.isMultiple(of: 2))
        writer.append(Int32(truncatingIfNeeded: -id))
        writer.append(Double(id) / 2)
    }

    /// Whether a row is the one that `write` made.
    static func matches(_ row: borrowing BinaryCopyRow, _ id: Int64) throws -> Bool {
        let key = "prefix/\(id)/é 𝄞 ' \\ \n"
        let hasSize = try row.isNull(2) ? id.isMultiple(of: 3) : row.int8(2) == id * 7
        let isSameKey = try row.withBytes(1) { $0.elementsEqual(key.utf8) }
        return try hasSize && isSameKey && row.int8(0) == id && row.text(1) == key
            && row.unixMicroseconds(3) == 1_700_000_000_000_000 + id
            && row.bytes(4) == [UInt8(truncatingIfNeeded: id), 0, 255] && row.bool(5) == id.isMultiple(of: 2)
            && row.int4(6) == Int32(truncatingIfNeeded: -id) && row.float8(7) == Double(id) / 2
    }

    @Test func twoHundredThousandRowsRoundTrip() async throws {
        try await withTable { connection in
            let sent = try await connection.copyIn(Self.copyIn) { writer in
                for id in 1...200_000 { try Self.write(Int64(id), to: &writer) }
            }
            #expect(sent == 200_000)
            let (count, wrong) = try await connection.copyOut(Self.copyOut, into: (Int64(0), 0)) { result, row in
                result.0 += 1
                if try !Self.matches(row, result.0) { result.1 += 1 }
            }
            #expect(count == 200_000)
            #expect(wrong == 0)
            let sql = "select to_char(modified at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') from t where id = 5"
            #expect(try await connection.query(sql).only[0] == "2023-11-14 22:13:20.000005")
        }
    }

    @Test func rowsRoundTripInBatchesAtThePaceOfTheirUser() async throws {
        try await withTable { connection in
            let sent = try await connection.withCopyIn(Self.copyIn) { copy in
                for page in 0..<10 {
                    try await copy.write { writer in
                        for id in 1...1000 { try Self.write(Int64(page * 1000 + id), to: &writer) }
                    }
                    await Task.yield()
                }
            }
            #expect(sent == 10_000)
            let ids = try await connection.withCopyOut(Self.copyOut, batchSize: 300, decode: { try $0.int8(0) }) {
                batches in
                var ids: [Int64] = []
                for try await batch in batches {
                    #expect(batch.count <= 300)
                    ids += batch
                }
                return ids
            }
            #expect(ids == Array(1...10_000))
        }
    }

    @Test func leavingACopyOutEarlyKeepsTheConnectionUsable() async throws {
        try await withConnection { connection in
            let sql = "copy (select generate_series(1, 100000000)) to stdout (format binary)"
            let first = try await connection.withCopyOut(sql, decode: { try $0.int4(0) }) { batches in
                for try await batch in batches { return batch.first }
                return nil
            }
            #expect(first == 1)
            #expect(try await connection.query("select 1").count == 1)
        }
    }

    @Test func anErrorOfTheRowClosureEndsTheCopyAndIsThrownOn() async throws {
        struct Stop: Error {}
        try await withTable { connection in
            await #expect(throws: Stop.self) {
                try await connection.copyIn(Self.copyIn) { writer in
                    for id in 1...50_000 { try Self.write(Int64(id), to: &writer) }
                    throw Stop()
                }
            }
            await #expect(throws: Stop.self) {
                try await connection.withCopyIn(Self.copyIn) { copy in
                    try await copy.write { try Self.write(1, to: &$0) }
                    throw Stop()
                }
            }
            let count: Int = try await connection.query("select count(*) from t").only[0]
            #expect(count == 0)
            await #expect(throws: Stop.self) {
                try await connection.copyOut("copy (select generate_series(1, 10000000)) to stdout (format binary)") {
                    _ in throw Stop()
                }
            }
            #expect(try await connection.query("select 1").count == 1)
        }
    }

    @Test func anErrorOfTheServerIsThrownAndNothingIsCopied() async throws {
        try await withTable { connection in
            let error = try await postgresError {
                try await connection.copyIn(Self.copyIn) { writer in
                    for id in 1...100_000 { try Self.write(Int64(id % 90_000), to: &writer) }
                }
            }
            #expect(error?.code == .uniqueViolation)
            #expect(try await connection.query("select count(*) from t").only[0] == 0)
            let atRunTime = try await postgresError {
                let sql = "copy (select 1 / (5000 - n) from generate_series(1, 10000) n) to stdout (format binary)"
                try await connection.copyOut(sql) { _ in }
            }
            #expect(atRunTime?.code == SQLState(rawValue: "22012"))
        }
    }

    @Test(
        "A statement that is not a binary COPY in this direction is refused",
        arguments: ["copy t from stdin", "copy t to stdout", "select 1", "create temporary table x ()", ""])
    func wrongStatement(_ sql: String) async throws {
        try await withTable { connection in
            let incoming = try await postgresError { try await connection.copyIn(sql) { _ in } }
            #expect(incoming?.code == .invalidParameterValue)
            let outgoing = try await postgresError { try await connection.copyOut(sql) { _ in } }
            #expect(outgoing != nil)
            #expect(try await connection.query("select 1").count == 1)
        }
    }

    @Test func nothingElseRunsDuringACopy() async throws {
        try await withTable { connection in
            try await connection.withCopyIn(Self.copyIn) { _ in
                let error = try await postgresError { try await connection.query("select 1") }
                #expect(error?.code == .objectInUse)
            }
            #expect(try await connection.query("select 1").count == 1)
        }
    }

    @Test func infiniteTimestampsAreRefused() async throws {
        try await withConnection { connection in
            for sign in ["", "-"] {
                let sql = "copy (select '\(sign)infinity'::timestamptz) to stdout (format binary)"
                let error = try await postgresError {
                    try await connection.copyOut(sql) { _ = try $0.unixMicroseconds(0) }
                }
                #expect(error?.code == .datetimeFieldOverflow)
            }
        }
    }
}
