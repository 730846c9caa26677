import Postgres
import Testing

@Suite struct ParameterTests {
    static let oddTexts = [
        "", " ", "plain", "it's", "\"quoted\"", #"back\slash \' \\"#, "line\nfeed\r\n\ttab", "NULL", "{1,2}", "a,b",
        "\u{1}\u{7f}", "é e\u{301}", "日本語", "𝄞 👩‍👩‍👧 \u{10FFFF}", "$1 :name ? %s", "'; drop table x; --", "'\u{301}",
        "\\\u{301}",
    ]

    @Test("Any text comes back as it went out", arguments: [0, 64])
    func text(_ preparedStatementLimit: Int) async throws {
        var settings = settings
        settings.preparedStatementLimit = preparedStatementLimit
        try await withConnection(settings) { connection in
            for text in Self.oddTexts {
                let row = try await connection.query("select $1::text as value, length($1::text)", [.string(text)]).only
                let value: String = try row["value"]
                #expect(Array(value.utf8) == Array(text.utf8))
                #expect(try row["length"] as Int == text.unicodeScalars.count)
            }
        }
    }

    @Test func textWithNULIsRefusedInsteadOfCutOff() async throws {
        try await withConnection { connection in
            let inParameter = try await postgresError { try await connection.query("select $1::text", ["a\0b"]) }
            #expect(inParameter?.code == .characterNotInRepertoire)
            let inStatement = try await postgresError { try await connection.query("select 1\0; drop") }
            #expect(inStatement?.code == .characterNotInRepertoire)
        }
    }

    @Test func numbersAndTruthValuesRoundTrip() async throws {
        try await withConnection { connection in
            for number in [0, 1, -1, Int64.max, Int64.min] {
                #expect(try await connection.query("select $1::int8", [.int64(number)]).only[0] == number)
            }
            for number in [0, -0.5, 1e300, .leastNonzeroMagnitude, .infinity, -.infinity] {
                #expect(try await connection.query("select $1::float8", [.double(number)]).only[0] == number)
            }
            let nan: Double = try await connection.query("select $1::float8", [.double(.nan)]).only[0]
            #expect(nan.isNaN)
            #expect(try await connection.query("select $1::bool, $2::bool", [true, false]).only[0] as Bool)
            #expect(try await connection.query("select not $1::bool", [false]).only[0] as Bool)
        }
    }

    @Test func typesAreInferredFromWhereAParameterStands() async throws {
        try await withConnection { connection in
            let sql = "select 1 where 5::int2 = $1 and '2020-01-01'::date = $2 and '{\"a\":1}'::jsonb @> $3"
            let rows = try await connection.query(sql, [5, "2020-01-01", #"{"a":1}"#])
            #expect(rows.count == 1)
        }
    }

    @Test func bytesRoundTrip() async throws {
        try await withConnection { connection in
            let every = (0...255).map { UInt8($0) }
            for bytes in [[], [0], every] {
                let row = try await connection.query("select $1::bytea as b, length($1::bytea)", [.bytes(bytes)]).only
                #expect(try row["b"] == bytes)
                #expect(try row["length"] == bytes.count)
            }
        }
    }

    @Test func nullIsNilAndNothingElse() async throws {
        try await withConnection { connection in
            let row = try await connection.query("select $1::text as nothing, $2::text as empty", [nil, ""]).only
            #expect(try row["nothing"] as String? == nil)
            #expect(try row["empty"] as String? == "")
            let error = try await postgresError { _ = try row["nothing"] as String }
            #expect(error?.code == .nullValueNotAllowed)
        }
    }

    @Test func arraysRoundTrip() async throws {
        try await withConnection { connection in
            let texts: [String?] = Self.oddTexts.map { $0 } + [nil, "null", "}"]
            let row = try await connection.query(
                "select $1::text[] as texts, cardinality($1::text[]), $2::int8[] as numbers, $3::text[] as none",
                [.strings(texts), .int64s([1, nil, .min]), .strings([])]
            ).only
            #expect(try row["texts"] == texts)
            #expect(try row["cardinality"] == texts.count)
            #expect(try row["numbers"] == [1, nil, Int64.min])
            #expect(try row["none"] == [String]())
            let error = try await postgresError { _ = try row["numbers"] as [Int64] }
            #expect(error?.code == .invalidTextRepresentation)
        }
    }

    @Test func decodingErrorsNameTheColumnAndHideTheValue() async throws {
        try await withConnection { connection in
            let row = try await connection.query("select 'secret' as word, 3000000000 as big").only
            let wrongType = try await postgresError { _ = try row["word"] as Int }
            #expect(wrongType?.description == "ERROR 22P02: column \"word\" is not a value of Int")
            let tooLarge = try await postgresError { _ = try row["big"] as Int32 }
            #expect(tooLarge?.code == .invalidTextRepresentation)
            let missing = try await postgresError { _ = try row["nope"] as Int }
            #expect(missing?.code == .undefinedColumn)
        }
    }

    @Test func affectedRowsAndColumnsAreKnown() async throws {
        try await withConnection { connection in
            try await connection.execute("create temporary table t (a int8, b text)")
            let inserted = try await connection.query("insert into t select n, 'x' from generate_series(1, 7) n")
            #expect(inserted.affectedRows == 7 && inserted.isEmpty)
            let rows = try await connection.query("select a, b from t order by a")
            #expect(rows.columns == ["a", "b"])
            #expect(try rows.map { try $0["a"] as Int } == Array(1...7))
        }
    }
}
