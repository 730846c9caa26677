import Postgres
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(15))) struct NotificationTests {
    @Test func notificationsArriveInOrderWithChannelAndPayload() async throws {
        try await withConnection { sender in
            try await withConnection { connection in
                let notifications = try await connection.listen(to: ["plain_1", "Odd \"Channel\""])
                let pid = try await sender.backendPID
                try await sender.query("select pg_notify('plain_1', 'it''s'), pg_notify('Odd \"Channel\"', '')")
                var iterator = notifications.makeAsyncIterator()
                let first = try await iterator.next()
                #expect(first == PostgresNotification(channel: "plain_1", payload: "it's", backendPID: pid))
                let second = try await iterator.next()
                #expect(second == PostgresNotification(channel: "Odd \"Channel\"", payload: "", backendPID: pid))
            }
        }
    }

    @Test func aListeningConnectionIsUsable() async throws {
        try await withConnection { connection in
            let notifications = try await connection.listen(to: ["own_2"])
            try await connection.ping()
            try await connection.query("select pg_notify('own_2', 'from myself')")
            try await connection.ping()
            var iterator = notifications.makeAsyncIterator()
            #expect(try await iterator.next()?.payload == "from myself")
        }
    }

    @Test func aListenerThatIsTerminatedEndsWithTheReason() async throws {
        try await withConnection { observer in
            let connection = try await PostgresConnection.connect(settings)
            let notifications = try await connection.listen(to: ["gone_3"])
            let reader = Task {
                for try await _ in notifications {}
            }
            try await terminate(connection.backendPID, by: observer)
            let error = try await postgresError { try await reader.value }
            #expect(error?.code == .adminShutdown)
            #expect(await !connection.isAlive)
            await #expect(throws: PostgresError.self) { try await connection.ping() }
        }
    }

    @Test func closingEndsTheSequenceWithoutAnError() async throws {
        let connection = try await PostgresConnection.connect(settings)
        let notifications = try await connection.listen(to: ["closed_4"])
        await connection.close()
        for try await _ in notifications { Issue.record("nothing was sent") }
    }

    @Test func theOldestAreDroppedBeyondTheLimit() async throws {
        try await withConnection { connection in
            let notifications = try await connection.listen(to: ["flood_5"], bufferLimit: 3)
            try await connection.query("select pg_notify('flood_5', n::text) from generate_series(1, 100) n")
            try await connection.ping()
            try await connection.unlisten()
            var payloads: [String] = []
            for try await notification in notifications { payloads.append(notification.payload) }
            #expect(payloads == ["98", "99", "100"])
        }
    }

    @Test func onlyOneSequenceAtATime() async throws {
        try await withConnection { connection in
            let first = try await connection.listen(to: ["once_6"])
            let error = try await postgresError { _ = try await connection.listen(to: ["other_6"]) }
            #expect(error?.code == .objectInUse)
            let reader = Task { for try await _ in first {} }
            reader.cancel()
            try await reader.value
            let second = try await connection.listen(to: ["other_6"])
            try await connection.query("select pg_notify('once_6', 'old'), pg_notify('other_6', 'new')")
            var iterator = second.makeAsyncIterator()
            #expect(try await iterator.next()?.payload == "new")
        }
    }

    @Test func waitingUsesNoProcessorTime() async throws {
        // Notices are handled on the connection's thread, so a handler can read that thread's clock.
        let (times, continuation) = AsyncStream.makeStream(of: Duration.self)
        var settings = settings
        settings.onNotice = { _ in continuation.yield(threadProcessorTime()) }
        try await withConnection { sender in
            try await withConnection(settings) { connection in
                let notice = "do $$ begin raise notice ''; end $$"
                var iterator = try await connection.listen(to: ["idle_7"]).makeAsyncIterator()
                try await connection.execute(notice)
                try await sender.query("select pg_sleep(1), pg_notify('idle_7', '')")
                _ = try await iterator.next()
                try await connection.execute(notice)
            }
        }
        continuation.finish()
        var seen: [Duration] = []
        for await time in times { seen.append(time) }
        try #require(seen.count == 2)
        #expect(seen[1] - seen[0] < .milliseconds(50))
    }

    @Test func pingNoticesAServerThatHangsAndEndsTheSequence() async throws {
        try await withConnection { observer in
            let connection = try await PostgresConnection.connect(settings)
            let pid = try await connection.backendPID
            let notifications = try await connection.listen(to: ["hang_8"])
            try await signal("STOP", pid, by: observer)
            let error = try await postgresError { try await connection.ping(timeout: .milliseconds(100)) }
            try await signal("CONT", pid, by: observer)
            #expect(error?.code == .connectionFailure)
            let ended = try await postgresError { for try await _ in notifications {} }
            #expect(ended?.code == .connectionFailure)
            #expect(await !connection.isAlive)
        }
    }
}

/// How long the calling thread has run on a processor.
private func threadProcessorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
