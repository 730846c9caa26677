import Adapters
import Core
import Postgres
import TestSupport
import Testing
@testable import Worker

/// What `NOTIFY s3cache` brings about, and what it cannot.
@Suite(.timeLimit(.minutes(15))) struct HintTests {
    private func waitUntilListening(_ rig: Rig) async throws {
        try await waitUntil("the worker listens") {
            try await rig.session.number("select count(*) from s3cache.worker where listens") == 1
        }
    }

    @Test func hintBecomesARebuild() async throws {
        try await Rig.use { rig in
            let store = try MemoryStore(sorted: .made(["a", "b/1", "b/2"]))
            try await rig.withWorker(store) {
                try await waitUntilListening(rig)
                try await rig.session.run("notify s3cache, 'rebuild'")
                try await waitUntil("the table equals the bucket") {
                    try await rig.session.present() == store.expectedRows()
                }
                // Once a hint_interval.
                try await rig.session.run("notify s3cache, '{\"do\":\"rebuild\",\"prefix\":\"b/\"}'")
                try await waitUntil("the next waits") {
                    try await rig.session.number(
                        "select count(*) from s3cache.job where kind = 'rebuild' and state = 'waiting' and hinted") == 1
                }
            }
        }
    }

    @Test func addedIsWhatExistsAndNothingElse() async throws {
        try await Rig.use { rig in
            let store = try MemoryStore(sorted: .made(["14000.jpg", "with space.jpg"]))
            try await rig.withWorker(store) {
                try await waitUntilListening(rig)
                for name in ["14000.jpg", "none.jpg", "with space.jpg"] {
                    try await rig.session.run("notify s3cache, 'add \(name)'")
                }
                try await waitUntil("both are there") { try await rig.session.present().count == 2 }
                try await waitUntil("all is done") {
                    try await rig.session.number("select count(*) from s3cache.job") == 0
                }
                #expect(try await rig.session.filenames() == ["14000.jpg", "with space.jpg"])
            }
        }
    }

    @Test func floodCostsOneJobOfAKindAndIsCounted() async throws {
        try await Rig.use { rig in
            let store = HookedStore(
                MemoryStore(), onRequest: { _, _ in try await Task.sleep(for: .seconds(600)) },
                onHead: { _ in try await Task.sleep(for: .seconds(600)) })
            try await rig.withWorker(store) {
                try await waitUntilListening(rig)
                try await rig.session.run(
                    "select pg_notify('s3cache', 'add ' || g), pg_notify('s3cache', 'rebuild ' || g), pg_notify('s3cache', '{\"do\":\"rebuild\",\"prefix\":\"' || g || '\"}') from generate_series(1, 33334) g"
                )
                try await waitUntil("the flood was counted") {
                    try await rig.session.number(
                        "select count(*) from s3cache.metrics where name = 's3cache_hints_ignored_total' and value > 0")
                        == 1
                }
                // Those that run, and those that wait for them.
                let most = try await rig.session.number(
                    "select coalesce(max(n), 0) from (select count(*) as n from s3cache.job group by kind, cache_id) k")
                #expect(most <= 2)
                try await rig.session.run("select s3cache.cancel(id) from s3cache.jobs where finished_at is null")
            }
        }
    }

    @Test func inboxKeepsNoMoreThanFits() {
        let inbox = HintInbox()
        for number in 0..<100_000 { _ = inbox.put("add \(number)") }
        _ = inbox.put(String(repeating: "x", count: 5_000))
        let (hints, dropped) = inbox.empty()
        #expect(hints.count == HintInbox.capacity && dropped == 100_001 - HintInbox.capacity)
        #expect(inbox.empty() == ([], 0))
        #expect(inbox.put("a") && !inbox.put("a") && !inbox.put("b"))
    }
}
