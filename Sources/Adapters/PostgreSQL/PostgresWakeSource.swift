package import Core
package import Postgres

/// Notifications by LISTEN on a connection of its own; reconnects by itself.
package struct PostgresWakeSource: WakeSource {
    private static let wakeChannel = "s3cache_wake"
    private static let hintChannel = "s3cache"
    private static let pingInterval: Duration = .seconds(10)
    private static let echoPatience: Duration = .seconds(5)
    /// How long one that cannot hear waits before it tries again.
    private static let deafInterval: Duration = .seconds(60)
    /// Beyond so many the oldest are dropped: whoever floods the channel may drown a hint.
    private static let buffered = 4_096

    private var settings: PostgresSettings
    private let observe: Observe

    /// Listens on a connection made with these settings.
    package init(settings: PostgresSettings, observe: @escaping Observe) {
        self.settings = settings
        self.settings.applicationName += " listener"
        self.observe = observe
    }

    package func run(_ tell: @escaping @Sendable (Wake) async -> Void) async throws {
        var failures = 0
        while true {
            try Task.checkCancellation()
            do {
                let connection = try await PostgresConnection.connect(settings)
                // Heard by nobody else: it shows that what others send does arrive. What this connection itself sent would
                // arrive through a pooler too, with the answer.
                let echo = "s3cache_echo_\(UInt64.random(in: 0...UInt64.max))"
                let notifications = try await connection.listen(
                    to: [Self.wakeChannel, Self.hintChannel, echo], bufferLimit: Self.buffered)
                let other = try await PostgresConnection.connect(settings)
                try await other.query("select pg_catalog.pg_notify($1, '')", [.string(echo)])
                await other.close()
                if try await hear(notifications, on: connection, echo: echo, tell) { failures = 0 }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                failures += 1
                observe(.databaseUnavailable("\(error)"))
            }
            await tell(.deaf)
            try await Task.sleep(for: .milliseconds(min(100 << min(failures, 8), 10_000)))
        }
    }

    /// Listens until the connection ends; gives whether anything was heard.
    private func hear(
        _ notifications: PostgresNotifications, on connection: PostgresConnection, echo: String,
        _ tell: @escaping @Sendable (Wake) async -> Void
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            let hears = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                // A connection that died in silence would never tell.
                while true {
                    try await Task.sleep(for: Self.pingInterval)
                    try await connection.ping()
                }
            }
            group.addTask {
                let patience = ContinuousClock.now + Self.echoPatience
                let isHeard = await first(of: hears.stream, until: patience)
                if !isHeard {
                    observe(
                        .notificationsUnavailable(
                            "A pooler in transaction mode stands between; give the worker a connection past it."))
                    try await Task.sleep(for: Self.deafInterval)
                    return false
                }
                while true { try await Task.sleep(for: .seconds(86_400)) }
            }
            defer { group.cancelAll() }
            group.addTask {
                var isListening = false
                for try await notification in notifications {
                    if notification.channel == echo {
                        hears.continuation.yield()
                        isListening = true
                        // What was sent before the LISTEN is found by looking.
                        await tell(.listening)
                    } else if notification.channel == Self.hintChannel {
                        await tell(.hint(notification.payload))
                    } else {
                        await tell(notification.payload == "cancel" ? .cancellation : .work)
                    }
                }
                return isListening
            }
            return try await group.next() ?? false
        }
    }
}

/// Whether the stream has an element before the deadline.
private func first(of stream: AsyncStream<Void>, until deadline: ContinuousClock.Instant) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
        group.addTask {
            for await _ in stream { return true }
            return false
        }
        group.addTask {
            try? await Task.sleep(until: deadline)
            return false
        }
        defer { group.cancelAll() }
        return await group.next() ?? false
    }
}
