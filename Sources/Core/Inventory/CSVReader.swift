/// Reads rows of comma-separated values from chunks of any size, without IO.
///
/// Fields may stand in double quotes, with a quote in them doubled; rows end with LF or CR LF, the last one also with the data.
/// Every row has the same number of fields and a bounded length. What is not exactly that is refused. Source: RFC 4180.
struct CSVReader: Sendable {
    /// The longest row, in bytes of its fields.
    static let maximumRow = 64 * 1024

    /// How many rows were read before the one that is being read, or was read last.
    private(set) var rowsBefore = 0

    private let columns: Int
    private var state = State.fieldStart
    private var isWhole = false
    /// The fields, one behind the other.
    private var text: [UInt8] = []
    /// Where each of them ends.
    private var ends: [Int] = []

    private enum State {
        case fieldStart
        case plain
        case quoted
        /// Behind a quote within a quoted field: the field ends, or the quote is doubled.
        case afterQuote
        case afterReturn
    }

    /// Reads rows of so many fields.
    init(columns: Int) { self.columns = columns }

    /// Reads on from `index`. True when that ended a row, whose fields are there until the next call; false at the end of
    /// the bytes.
    mutating func readRow(_ bytes: UnsafeBufferPointer<UInt8>, from index: inout Int) throws(CSVFailure) -> Bool {
        beginRow()
        while index < bytes.count, !isWhole { try step(bytes, &index) }
        return isWhole
    }

    /// Ends the data. True if what was left is a row, whose fields are there then.
    mutating func finish() throws(CSVFailure) -> Bool {
        beginRow()
        switch state {
        case .quoted: throw CSVFailure("the data ends within a field")
        case .fieldStart where ends.isEmpty: return false
        case .fieldStart, .plain, .afterQuote, .afterReturn: try endRow()
        }
        return true
    }

    /// The bytes of a field of the row, for as long as `body` runs; none for a column that it does not have.
    @inline(__always)
    func withField<Result, Failure: Error>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try text.withUnsafeBufferPointer { text throws(Failure) in
            guard ends.indices.contains(column) else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
            let start = column == 0 ? 0 : ends[column - 1]
            return try body(UnsafeBufferPointer(rebasing: text[start..<ends[column]]))
        }
    }

    /// Reads one byte, or all that are the contents of a field.
    private mutating func step(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) throws(CSVFailure) {
        let byte = bytes[index]
        switch state {
        case .fieldStart where byte == Self.quote:
            state = .quoted
        case .fieldStart where !Self.endsPlainField(byte):
            state = .plain
            return
        case .quoted:
            let start = index
            while index < bytes.count, bytes[index] != Self.quote { index += 1 }
            try append(bytes[start..<index])
            guard index < bytes.count else { return }
            state = .afterQuote
        case .plain where !Self.endsPlainField(byte):
            let start = index
            while index < bytes.count, !Self.endsPlainField(bytes[index]) { index += 1 }
            try append(bytes[start..<index])
            return
        case .plain where byte == Self.quote:
            throw CSVFailure("a quote stands within a field that has none around it")
        case .afterQuote where byte == Self.quote:
            try append(bytes[index...index])
            state = .quoted
        case .afterQuote where !Self.endsPlainField(byte):
            throw CSVFailure("something stands between a field's closing quote and the next comma")
        case .afterReturn:
            guard byte == Self.lineFeed else { throw CSVFailure("a carriage return stands alone") }
            try endRow()
        case .fieldStart, .plain, .afterQuote:
            try endField(byte)
        }
        index += 1
    }

    /// Ends the field at a comma, a carriage return or a line feed.
    private mutating func endField(_ byte: UInt8) throws(CSVFailure) {
        switch byte {
        case Self.comma:
            guard ends.count < columns - 1 else { throw wrongCount }
            ends.append(text.count)
            state = .fieldStart
        case Self.lineFeed: try endRow()
        default: state = .afterReturn
        }
    }

    private mutating func endRow() throws(CSVFailure) {
        guard ends.count == columns - 1 else { throw wrongCount }
        ends.append(text.count)
        state = .fieldStart
        isWhole = true
    }

    private mutating func beginRow() {
        guard isWhole else { return }
        isWhole = false
        rowsBefore += 1
        text.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws(CSVFailure) {
        guard text.count + bytes.count <= Self.maximumRow else {
            throw CSVFailure("it is longer than \(Self.maximumRow) bytes")
        }
        text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes))
    }

    private var wrongCount: CSVFailure {
        CSVFailure("it does not have the \(columns) fields of the manifest's fileSchema")
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")

    @inline(__always)
    private static func endsPlainField(_ byte: UInt8) -> Bool {
        byte == comma || byte == quote || byte == lineFeed || byte == UInt8(ascii: "\r")
    }
}
