internal import CLibPQ

/// A COPY into the server that is under way on a session.
final class CopyInStream {
    private let session: Session
    private var writer: BinaryCopyWriter

    /// Starts the COPY.
    init(_ session: Session, _ sql: String) throws {
        try session.beginCopy(sql, expecting: PGRES_COPY_IN)
        self.session = session
        writer = BinaryCopyWriter { [unowned session] chunk in try session.putCopyData(chunk) }
    }

    func write(_ rows: (inout BinaryCopyWriter) throws -> Void) throws {
        try rows(&writer)
    }

    /// Ends the COPY. Returns the number of rows that the server has taken.
    func finish() throws -> Int {
        try writer.finish()
        return try session.endCopyIn()
    }
}

/// A COPY out of the server that is under way on a session.
final class CopyOutStream {
    private let session: Session
    private var parser = BinaryCopyParser()
    private(set) var isAtEnd = false

    /// Starts the COPY.
    init(_ session: Session, _ sql: String) throws {
        try session.beginCopy(sql, expecting: PGRES_COPY_OUT)
        self.session = session
    }

    /// Reads the rows of one message; at the end, checks that nothing is missing. Returns false at the end.
    func next(_ row: (borrowing BinaryCopyRow) throws -> Void) throws -> Bool {
        guard !isAtEnd else { return false }
        let isMore = try session.nextCopyData { try parser.consume($0, row: row) }
        if !isMore {
            isAtEnd = true
            // The server's error comes first: it explains why the data stopped.
            _ = try session.copyResult()
            try parser.finish()
        }
        return isMore
    }
}
