import Adapters
import Core
import TestSupport
import Testing
import Worker

/// Duplicates are merged when one of them is claimed, and never into a job that had begun before they came.
@Suite(.timeLimit(.minutes(15))) struct MergeTests {
    @Test func laterOfTwoQueuedRebuildsIsSupersededByTheEarlier() async throws {
        try await Rig.use { rig in
            let first = try await rig.session.enqueueRebuild()
            let second = try await rig.session.enqueueRebuild()
            let other = try await rig.session.enqueueRebuild(prefix: "1/")
            let job = try await rig.claim(.rebuild)
            #expect(job.id == first)
            let superseded = try await rig.session.status(of: second)
            #expect(superseded.state == "superseded" && superseded.supersededBy == first)
            #expect(try await rig.session.status(of: other).state == "queued")
            try await rig.run(job, MemoryStore())
            #expect(try await rig.session.number("select id from s3cache.wait(\(second), '5 s')") == Int(first))
        }
    }

    @Test func rebuildAskedForWhileOneRunsRunsAfterIt() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            let first = try await rig.session.enqueueRebuild()
            let worker = try await rig.register()
            let job = try await rig.claim(.rebuild, for: worker)
            let second = try await rig.session.enqueueRebuild()
            #expect(try await rig.jobs.claim(for: worker, limit: 10, park: false, running: [job.id]).isEmpty)
            try await rig.run(job, store)
            #expect(try await rig.session.status(of: first).state == "done")
            #expect(try await rig.claim(.rebuild, for: worker).id == second)
        }
    }

    /// The part that it had listed is older than what the second rebuild was asked to see.
    @Test(arguments: ["leaves", "dies"])
    func rebuildWhoseWorkerGoesMidwayMergesNoneThatCameMeanwhile(worker fate: String) async throws {
        try await Rig.use { rig in
            let base = MemoryStore(pageLimit: 1)
            for key in ["b", "d", "f"] { try await base.put(ObjectKey(key), []) }
            let broken = HookedStore(
                base, onRequest: { page, _ in if page == 3 { throw CancellationError() } })
            let first = try await rig.session.enqueueRebuild()
            let worker = try await rig.register()
            let job = try await rig.claim(.rebuild, for: worker)
            await #expect(throws: CancellationError.self) {
                try await rig.handlers(broken, settings: .sliced(1))[.rebuild]?.run(job)
            }
            #expect(try await rig.session.number("select count(*) from s3cache.rebuild_slice") > 0)

            try await base.put("a", [])
            let second = try await rig.session.enqueueRebuild()
            if fate == "leaves" {
                try await rig.jobs.unregister(worker)
            } else {
                try await rig.session.run("update s3cache.worker set heartbeat_at = now() - interval '1 hour'")
            }
            for expected in [first, second] {
                let next = try await rig.claim(.rebuild)
                #expect(next.id == expected)
                try await rig.run(next, base, settings: .sliced(1))
            }
            #expect(try await rig.session.filenames() == ["a", "b", "d", "f"])
        }
    }
}
