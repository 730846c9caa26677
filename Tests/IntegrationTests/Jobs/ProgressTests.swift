import Adapters
import Core
import TestSupport
import Testing
import Worker

/// `s3cache.jobs` shows how far a running job is.
@Suite(.timeLimit(.minutes(15))) struct ProgressTests {
    private func progress(_ rig: Rig, _ id: Int64) async throws -> String? {
        try await rig.session.text(
            "select coalesce(done, -1) || '/' || coalesce(total, -1) || ' ' || state from s3cache.jobs where id = $1::text::bigint",
            "\(id)")
    }

    @Test func doneOfARebuildMovesPageByPage() async throws {
        try await Rig.use { rig in
            let released = Shared(0)
            let store = HookedStore(
                try MemoryStore(sorted: .made((10..<22).map { "k\($0)" }), pageLimit: 3),
                onRequest: { number, _ in
                    try await waitUntil(deadline: .seconds(600), "page \(number) is released") {
                        released.value >= number
                    }
                })
            try await rig.withWorker(store) {
                let id = try await rig.session.enqueueRebuild()
                try await waitUntil("it runs") { try await progress(rig, id) == "-1/-1 running" }
                for page in 1...3 {
                    released.withLock { $0 = page }
                    // The last page is held back, so it cannot be at its end.
                    try await waitUntil("\(page * 3) are done") {
                        try await progress(rig, id) == "\(page * 3)/-1 running"
                    }
                }
                released.withLock { $0 = .max }
                #expect(try await rig.session.wait(for: id).state == "done")
            }
        }
    }

    @Test func totalOfTheNextRebuildIsWhatTheCacheHas() async throws {
        try await Rig.use { rig in
            let released = Shared(0)
            let objects: [ObjectSummary] = .made((10..<16).map { "k\($0)" })
            try await rig.session.seedPresent(objects)
            let store = HookedStore(
                try MemoryStore(sorted: objects, pageLimit: 3),
                onRequest: { number, _ in
                    try await waitUntil(deadline: .seconds(600), "page \(number) is released") {
                        released.value >= number
                    }
                })
            try await rig.withWorker(store) {
                let id = try await rig.session.enqueueRebuild()
                released.withLock { $0 = 1 }
                try await waitUntil("half is done") { try await progress(rig, id)?.hasPrefix("3/") == true }
                let shown = try await progress(rig, id)
                #expect(shown == "3/6 running" || shown == "3/-1 running", "\(shown ?? "")")
                released.withLock { $0 = .max }
                #expect(try await rig.session.wait(for: id).state == "done")
            }
        }
    }

    @Test func doneOfAVerificationMovesBatchByBatch() async throws {
        try await Rig.use { rig in
            let released = Shared(0)
            let heads = Shared(0)
            let store = HookedStore(
                MemoryStore(),
                onHead: { _ in
                    let number = heads.withLock { count in
                        count += 1
                        return count
                    }
                    try await waitUntil(deadline: .seconds(600), "it is released") { released.value >= number }
                })
            try await rig.session.seedPresent(.made((10...30).map { "k\($0)" }))
            try await rig.withWorker(store) {
                let id = Int64(try await rig.session.number("select s3cache.verify(prefix => 'k')"))
                for batch in 1...2 {
                    released.withLock { $0 = batch * 7 }
                    try await waitUntil("\(batch * 7) are done") {
                        try await progress(rig, id)?.hasPrefix("\(batch * 7)/") == true
                    }
                }
                released.withLock { $0 = .max }
                #expect(try await rig.session.wait(for: id).state == "done")
            }
        }
    }
}
