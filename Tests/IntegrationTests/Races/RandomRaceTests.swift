import Adapters
import Core
import TestSupport
import Testing

/// Random interleavings of a rebuild with everything that users and workers do to a bucket and its cache meanwhile.
@Suite(.timeLimit(.minutes(15))) struct RandomRaceTests {
    @Test(arguments: 1...24)
    func tableEqualsBucketAndNoKeptFileVanishes(seed: Int) async throws {
        try await race(seed: seed, emptyTable: false, mayOpen: false)
    }

    @Test(arguments: 1...12)
    func tableEqualsBucketAfterStagedRebuildAmongOpenTransactions(seed: Int) async throws {
        try await race(seed: seed, emptyTable: false, mayOpen: true)
    }

    @Test(arguments: 1...16)
    func tableEqualsBucketAfterDirectRebuildAmongOpenTransactions(seed: Int) async throws {
        try await race(seed: seed, emptyTable: true, mayOpen: true)
    }

    /// What is written beside the probes may look like a server that does not list from any key on: also then it holds.
    @Test(arguments: 101...132)
    func tableEqualsBucketWhereManyRangesAreListedAtOnce(seed: Int) async throws {
        try await race(seed: seed, emptyTable: seed % 4 == 0, mayOpen: seed % 2 == 0, inParallel: true)
    }

    private func race(seed: Int, emptyTable: Bool, mayOpen: Bool, inParallel: Bool = false) async throws {
        try await Rig.use { rig in
            let store = MemoryStore(pageLimit: (inParallel ? 3 : 1) + seed % 4, listsFromAnyKey: inParallel)
            let model = RaceModel(rig, store, seed: seed)
            try await model.prepare(emptyTable: emptyTable)
            let reader = try await rig.newSession()
            let seen = Shared(false)
            let caches = HookedCaches(base: rig.caches) { moment in
                try await model.act(at: moment, mayOpen: mayOpen)
                let kept = try await reader.number(
                    "select count(*) from s3_image_cache where filename like '%-kept' and state = 'present'")
                // From an empty table they can only come, not go.
                let isComplete = kept == RaceModel.sentinels.count
                if !emptyTable || seen.value { #expect(isComplete, "kept files vanished at \(moment), seed \(seed)") }
                if isComplete { seen.withLock { $0 = true } }
            }
            let status = try await rig.rebuild(
                store, force: true, settings: .sliced((inParallel ? 3 : 1) + seed % 5), caches: caches)
            #expect(status.state == "done", "\(status.error ?? "") seed \(seed)")
            try await model.settle()
            try await rig.verifyAll(store)
            let differences = try await model.differences()
            if !differences.isEmpty {
                Issue.record("seed \(seed): \(differences); \(await model.log.joined(separator: ", "))")
            }
        }
    }
}
