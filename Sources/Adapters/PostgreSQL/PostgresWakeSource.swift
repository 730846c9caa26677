package import Core
package import Postgres

/// Hints by LISTEN on a connection of its own; reconnects by itself.
package struct PostgresWakeSource: WakeSource {
    private static let channels = ["s3cache_wake"]
    private static let pingInterval: Duration = .seconds(20)

    private let settings: PostgresSettings
    private let observe: Observe

    /// Listens on a connection made with these settings.
    package init(settings: PostgresSettings, observe: @escaping Observe) {
        self.settings = settings
        self.observe = observe
    }

    package func run(ring: @Sendable () async -> Void) async throws {
        var failures = 0
        while true {
            try Task.checkCancellation()
            do {
                let connection = try await PostgresConnection.connect(settings)
                let notifications = try await connection.listen(to: Self.channels, bufferLimit: 1)
                failures = 0
                // What was sent before the LISTEN is found by looking.
                await ring()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        // A connection that died in silence would never tell.
                        while true {
                            try await Task.sleep(for: Self.pingInterval)
                            try await connection.ping()
                        }
                    }
                    defer { group.cancelAll() }
                    for try await _ in notifications { await ring() }
                }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                failures += 1
                observe(.databaseUnavailable("\(error)"))
            }
            try await Task.sleep(for: .milliseconds(min(100 << min(failures, 8), 10_000)))
        }
    }
}
