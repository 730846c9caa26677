import Testing

@testable import Postgres

@Suite struct BinaryCopyParserTests {
    /// Two rows: (1, "abc", null) and (-1, "", "\xff").
    static func sample() throws -> [UInt8] {
        try written { writer in
            try writer.beginRow(columns: 3)
            writer.append(Int64(1))
            writer.append("abc")
            writer.appendNull()
            try writer.beginRow(columns: 3)
            writer.append(Int64(-1))
            writer.append("")
            writer.append([0xFF] as [UInt8])
        }
    }

    static let sampleRows = ["1 abc nil", "-1  [255]"]

    /// What the parser makes of chunks.
    func parse(_ chunks: [ArraySlice<UInt8>]) throws -> [String] {
        var parser = BinaryCopyParser()
        var rows: [String] = []
        for chunk in chunks {
            try chunk.withUnsafeBytes { bytes in
                try parser.consume(bytes) { row in
                    let last = try row.isNull(2) ? "nil" : "\(row.bytes(2))"
                    rows.append("\(try row.int8(0)) \(try row.text(1)) \(last)")
                }
            }
        }
        try parser.finish()
        return rows
    }

    func errorCode(_ bytes: [UInt8]) -> SQLState? {
        #expect(throws: PostgresError.self) { try parse([bytes[...]]) }?.code
    }

    @Test func rowsAreRead() throws {
        #expect(try parse([Self.sample()[...]]) == Self.sampleRows)
    }

    @Test func everyCutAtAnyPositionIsAnError() throws {
        let bytes = try Self.sample()
        for length in 0..<bytes.count {
            #expect(errorCode(Array(bytes.prefix(length))) == .badCopyFileFormat, "cut at \(length)")
        }
    }

    @Test func chunksMayEndAnywhere() throws {
        let bytes = try Self.sample()
        for cut in 0...bytes.count {
            #expect(try parse([bytes[..<cut], bytes[cut...]]) == Self.sampleRows, "cut at \(cut)")
        }
        for size in 1...7 {
            let chunks = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
            #expect(try parse(chunks) == Self.sampleRows, "chunks of \(size)")
        }
    }

    @Test func everyWrongByteOfTheSignatureIsAnError() throws {
        for position in 0..<BinaryCopyFormat.signature.count {
            var bytes = try Self.sample()
            bytes[position] ^= 0x20
            #expect(errorCode(bytes) == .badCopyFileFormat)
            #expect(errorCode(Array(bytes.prefix(position + 1))) == .badCopyFileFormat)
        }
    }

    @Test func criticalFlagsAreRefusedAndOthersIgnored() throws {
        var bytes = try Self.sample()
        bytes[12] = 1
        #expect(errorCode(bytes) == .badCopyFileFormat)
        bytes[12] = 0
        bytes[14] = 1
        #expect(try parse([bytes[...]]) == Self.sampleRows)
    }

    @Test func aHeaderExtensionIsSkipped() throws {
        var bytes = try Self.sample()
        bytes[18] = 3
        bytes.insert(contentsOf: [9, 9, 9], at: 19)
        #expect(try parse([bytes[...]]) == Self.sampleRows)
        #expect(try parse([bytes[..<20], bytes[20...]]) == Self.sampleRows)
        bytes[15] = 0x80
        #expect(errorCode(bytes) == .badCopyFileFormat)
    }

    @Test(
        "Impossible lengths and counts are errors",
        arguments: [
            ([0xFF, 0xFE], 19), ([0x00, 0x02], 42), ([0xFF, 0xFF, 0xFF, 0xFE], 21), ([0x7F, 0xFF, 0xFF, 0xFF], 21),
        ])
    func impossible(_ replacement: [Int], _ position: Int) throws {
        var bytes = try Self.sample()
        for (offset, byte) in replacement.enumerated() { bytes[position + offset] = UInt8(byte) }
        #expect(errorCode(bytes) == .badCopyFileFormat)
    }

    @Test func dataAfterTheTrailerIsAnError() throws {
        #expect(errorCode(try Self.sample() + [0]) == .badCopyFileFormat)
    }

    @Test func anyFlippedBitGivesRowsOrAnErrorButNeverACrash() throws {
        let bytes = try Self.sample()
        for position in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[position / 8] ^= 1 << (position % 8)
            do {
                _ = try parse([damaged[...]])
            } catch is PostgresError {}
        }
    }

    @Test func accessorsCheckColumnNullAndSize() throws {
        var parser = BinaryCopyParser()
        let bytes = try written { writer in
            try writer.beginRow(columns: 3)
            writer.append(Int32(7))
            writer.appendNull()
            writer.append([0xC3, 0x28] as [UInt8])
        }
        try bytes.withUnsafeBytes { bytes in
            try parser.consume(bytes) { row in
                #expect(row.count == 3)
                let number = try row.int4(0)
                #expect(number == 7)
                #expect(Self.code(of: row) { _ = try $0.int8(0) } == .datatypeMismatch)
                #expect(Self.code(of: row) { _ = try $0.int8(1) } == .nullValueNotAllowed)
                #expect(Self.code(of: row) { _ = try $0.text(2) } == .datatypeMismatch)
                #expect(Self.code(of: row) { _ = try $0.isNull(-1) } == .undefinedColumn)
                #expect(Self.code(of: row) { _ = try $0.isNull(3) } == .undefinedColumn)
            }
        }
        try parser.finish()
    }

    /// The code of the error that an access throws.
    static func code(of row: borrowing BinaryCopyRow, _ access: (borrowing BinaryCopyRow) throws -> Void) -> SQLState? {
        do {
            try access(row)
            return nil
        } catch {
            return (error as? PostgresError)?.code
        }
    }
}

/// The bytes that a writer makes.
func written(_ rows: (inout BinaryCopyWriter) throws -> Void) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var writer = BinaryCopyWriter { bytes.append(contentsOf: $0) }
    try rows(&writer)
    try writer.finish()
    return bytes
}
