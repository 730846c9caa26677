import Testing

@testable import Postgres

@Suite struct BinaryCopyWriterTests {
    @Test func theBytesAreThoseOfTheManual() throws {
        let bytes = try written { writer in
            try writer.beginRow(columns: 4)
            writer.append(Int32(258))
            writer.append(true)
            writer.appendNull()
            writer.append("é")
        }
        let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [0, 0, 0, 0] + [0, 0, 0, 0]
        let row: [UInt8] =
            [0, 4] + [0, 0, 0, 4, 0, 0, 1, 2] + [0, 0, 0, 1, 1] + [0xFF, 0xFF, 0xFF, 0xFF] + [0, 0, 0, 2, 0xC3, 0xA9]
        #expect(bytes == header + row + [0xFF, 0xFF])
    }

    @Test("A row with too few or too many values is an error", arguments: [1, 3])
    func wrongNumberOfValues(_ columns: Int) throws {
        #expect(throws: PostgresError.self) {
            try written { writer in
                try writer.beginRow(columns: columns)
                writer.append(true)
                writer.append(true)
            }
        }
        #expect(throws: PostgresError.self) {
            try written { writer in
                try writer.beginRow(columns: columns)
                writer.append(true)
                writer.append(true)
                try writer.beginRow(columns: 0)
            }
        }
    }

    @Test func anImpossibleTimestampIsAnErrorNotACrash() throws {
        let error = #expect(throws: PostgresError.self) {
            try written { writer in
                try writer.beginRow(columns: 1)
                writer.append(unixMicroseconds: .min)
            }
        }
        #expect(error?.code == .datetimeFieldOverflow)
    }

    @Test func chunksAreBoundedAndValuesOfAnySizeFit() throws {
        var sizes: [Int] = []
        var total = 0
        do {
            var writer = BinaryCopyWriter {
                sizes.append($0.count)
                total += $0.count
            }
            for _ in 0..<100_000 {
                try writer.beginRow(columns: 2)
                writer.append(Int64(1))
                writer.append("some text")
            }
            try writer.beginRow(columns: 1)
            writer.append([UInt8](repeating: 1, count: 3 << 20))
            try writer.finish()
        }
        #expect(total == 19 + 100_000 * (2 + 12 + 13) + 2 + 4 + (3 << 20) + 2)
        #expect(sizes.dropLast().allSatisfy { $0 < BinaryCopyWriter.chunkSize + 1024 })
    }
}
