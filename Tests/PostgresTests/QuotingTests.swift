import Postgres
import Testing

@Suite struct QuotingTests {
    @Test("Literals are safe whatever standard_conforming_strings says", arguments: ["on", "off"])
    func literals(_ conforming: String) async throws {
        try await withConnection { connection in
            try await connection.execute("set standard_conforming_strings = \(conforming)")
            for text in ParameterTests.oddTexts {
                let row = try await connection.query("select\(try PostgresLiteral(text))::text").only
                let value: String = try row[0]
                #expect(Array(value.utf8) == Array(text.utf8))
            }
            for number in [0, Int64.max, Int64.min] {
                #expect(try await connection.query("select \(PostgresLiteral(number))").only[0] == number)
            }
        }
    }

    @Test func identifiersAreQuoted() async throws {
        try await withConnection { connection in
            for name in ["plain", "Upper Case", "with\"quote", "'", "\"\u{301}", "select", "日本"] {
                let row = try await connection.query("select 1 as \(try PostgresIdentifier(name))").only
                #expect(row.columns == [name])
            }
        }
        #expect(try PostgresIdentifier("t", schema: "s").description == #""s"."t""#)
        #expect(throws: PostgresError.self) { try PostgresIdentifier("") }
        #expect(throws: PostgresError.self) { try PostgresIdentifier("a\0b") }
        #expect(throws: PostgresError.self) { try PostgresLiteral("a\0b") }
    }
}
