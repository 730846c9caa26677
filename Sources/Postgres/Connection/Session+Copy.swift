internal import CLibPQ

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension Session {
    /// Sends a COPY statement and checks that the server is now copying in that direction.
    func beginCopy(_ sql: String, expecting direction: ExecStatusType) throws {
        try refuseNUL(in: sql)
        try expectSent(PQsendQuery(pointer, sql))
        try flush()
        guard let result = try nextResult() else {
            throw PostgresError(.protocolViolation, "the server sent no result")
        }
        switch result.status {
        case direction:
            guard PQbinaryTuples(result.pointer) == 1 else {
                try abandonCopy()
                throw PostgresError(.invalidParameterValue, "the COPY statement must say (format binary)")
            }
        case PGRES_FATAL_ERROR:
            let error = error(of: result)
            try drainResults()
            throw error
        default:
            try abandonCopy()
            throw PostgresError(.invalidParameterValue, "the statement is not a COPY in the expected direction")
        }
    }

    /// Ends a COPY of either direction without its result, if one is under way. The connection is usable afterwards.
    func abandonCopy() throws {
        guard transactionStatus == PQTRANS_ACTIVE else { return }
        requestCancel()
        _ = PQputCopyEnd(pointer, "ended by the client")
        try flush()
        try drainResults()
    }

    /// Reads and drops what is left of the current command: its data, its results and their errors.
    private func drainResults() throws {
        while let result = try nextResult() {
            switch result.status {
            case PGRES_COPY_OUT: while try nextCopyData({ _ in }) {}
            case PGRES_COPY_IN: _ = PQputCopyEnd(pointer, "ended by the client")
            default: break
            }
            guard failure == nil, PQstatus(pointer) == CONNECTION_OK else { throw error(of: result) }
        }
    }

    // MARK: In

    /// Sends a piece of COPY data, and waits until the server has taken it: memory stays bounded.
    func putCopyData(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard !isInterrupted else { throw CancellationError() }
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.copyPieceSize))
            try untilAccepted {
                PQputCopyData(pointer, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count))
            }
            try flush()
            rest = rest.dropFirst(piece.count)
        }
    }

    /// Ends COPY IN. Returns the number of rows that the server has taken.
    func endCopyIn() throws -> Int {
        try untilAccepted { PQputCopyEnd(pointer, nil) }
        try flush()
        return try copyResult()
    }

    /// libpq keeps a copy of what is sent until the server takes it; pieces bound that copy.
    private static let copyPieceSize = 1 << 20

    /// Repeats a send function while it says 0: its buffer is full.
    private func untilAccepted(_ send: () -> Int32) throws {
        while true {
            switch send() {
            case 1: return
            case 0: try wait(flushing: true)
            default: throw lost()
            }
        }
    }

    // MARK: Out

    /// Hands one message of COPY data, straight from libpq's buffer, to `body`. Returns false when there is no more.
    func nextCopyData(
        until deadline: ContinuousClock.Instant? = nil, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        while true {
            var data: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(pointer, &data, 1)
            if let data, count > 0 {
                defer { PQfreemem(data) }
                try body(UnsafeRawBufferPointer(start: data, count: Int(count)))
                return true
            }
            switch count {
            case 0: try wait(until: deadline)
            case -1: return false
            default: throw lost()
            }
        }
    }

    /// Reads the result after the last data. Returns the number of rows.
    func copyResult() throws -> Int {
        var rows = 0
        var firstError: PostgresError?
        while let result = try nextResult() {
            if result.status == PGRES_COMMAND_OK {
                rows = result.affectedRows
            } else {
                firstError = firstError ?? error(of: result)
            }
        }
        if let firstError { throw firstError }
        return rows
    }
}

extension Session {
    /// Runs the body of a COPY. When it throws while the connection is fine, the COPY is ended before the error is thrown
    /// on.
    func abandoningCopyOnError<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            guard failure == nil else { throw error }
            try abandonCopy()
            throw error
        }
    }
}

extension PostgresError {
    static var noCopy: PostgresError {
        PostgresError(.objectInUse, "the COPY is over")
    }
}
