internal import CLibPQ

extension PostgresConnection {
    /// Listens to channels. Returns once the server listens, so nothing that is sent afterwards is missed.
    ///
    /// The connection sleeps until the server sends something, at no cost, and can be used for statements and `ping`
    /// meanwhile. At most `bufferLimit` notifications wait to be read; beyond that the oldest are dropped.
    ///
    /// Throws `objectInUse` while an earlier sequence of this connection is still being used, and `activeSQLTransaction`
    /// inside a transaction, where LISTEN has no effect before COMMIT.
    public func listen(to channels: [String], bufferLimit: Int = 256) async throws -> PostgresNotifications {
        guard !isInTransaction else {
            throw PostgresError(.activeSQLTransaction, "listen must not be called inside a transaction")
        }
        if let listener, !listener.isAbandoned {
            throw PostgresError(.objectInUse, "this connection is listening already")
        }
        let statements = try channels.map { "listen \(try PostgresIdentifier($0))" }
        try await perform { session in
            try session.execute((["unlisten *"] + statements).joined(separator: "; "))
        }
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: PostgresNotification.self, bufferingPolicy: .bufferingNewest(max(1, bufferLimit)))
        let listener = NotificationListener(continuation)
        listener.observeTermination()
        self.listener = listener
        try watchSocket()
        return PostgresNotifications(connection: self, stream: stream)
    }

    /// Ends listening, and the sequence of notifications with it.
    public func unlisten() throws {
        guard let listener else { return }
        self.listener = nil
        stopWatchingSocket()
        listener.finish(nil)
        try performUninterrupted { session in
            try session.execute("unlisten *")
        }
    }

    /// Hands on what has arrived. Without a listener, notifications are dropped.
    func deliverNotifications(of session: Session) {
        while let notification = PQnotifies(session.pointer) {
            listener?.deliver(
                PostgresNotification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra),
                    backendPID: notification.pointee.be_pid))
            PQfreemem(notification)
        }
    }
}
