internal import CLibPQ

/// Owns a `PGconn` and the `PGcancel` that was made from it; both are freed with it.
struct ConnectionHandle: ~Copyable {
    let pointer: OpaquePointer
    private let canceller: OpaquePointer?
    // libpq calls the relay as long as the connection lives.
    private let notices: NoticeRelay

    /// Connects, and blocks until that is done, has failed, or ran out of time.
    ///
    /// Throws `connectionNotEstablished` with libpq's reason, which never has the password in it.
    init(_ parameters: ConnectionParameters, notices: NoticeRelay) throws {
        let opened = CStringArray.with(parameters.keywords) { keywords in
            CStringArray.with(parameters.values) { values in
                PQconnectdbParams(keywords, values, 0)
            }
        }
        guard let opened else {
            throw PostgresError(.insufficientResources, "out of memory")
        }
        guard PQstatus(opened) == CONNECTION_OK else {
            let reason = String(cString: PQerrorMessage(opened)).trimmingTrailingNewlines
            PQfinish(opened)
            throw PostgresError(.connectionNotEstablished, reason, severity: "FATAL")
        }
        notices.install(on: opened)
        // Every wait happens in poll, where a cancellation is noticed too.
        _ = PQsetnonblocking(opened, 1)
        pointer = opened
        canceller = PQgetCancel(opened)
        self.notices = notices
    }

    deinit {
        PQfreeCancel(canceller)
        PQfinish(pointer)
    }

    /// Asks the server, over a connection of its own, to end the current statement. Returns once the server has passed
    /// the signal on, or could not be reached. Whether there was something to cancel shows in the statement's result.
    func requestCancel() {
        var reason = [CChar](repeating: 0, count: 256)
        _ = PQcancel(canceller, &reason, Int32(reason.count))
    }
}

/// Null-terminated arrays of C strings, for the time of a call.
enum CStringArray {
    static func with<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> Result
    ) rethrows -> Result {
        let bytes = strings.flatMap { Array($0.utf8CString) }
        return try bytes.withUnsafeBufferPointer { buffer in
            var pointers: [UnsafePointer<CChar>?] = []
            var next = buffer.baseAddress
            for string in strings {
                pointers.append(next)
                next = next?.advanced(by: string.utf8.count + 1)
            }
            pointers.append(nil)
            return try pointers.withUnsafeBufferPointer { array in
                guard let base = array.baseAddress else { preconditionFailure("never empty: it ends with nil") }
                return try body(base)
            }
        }
    }
}
