import Adapters
import Core
import TestSupport
import Testing
import Worker

/// Renaming, and workers that are lost between two of its steps.
@Suite(.timeLimit(.minutes(15))) struct RenameTests {
    private func renamed(_ rig: Rig, _ store: any ObjectStore, _ old: String, _ new: String) async throws -> JobStatus {
        let id = try await rig.session.number("select s3cache.rename_object($1, $2)", old, new)
        try await rig.run(try await rig.claim(.renameObject), store)
        return try await rig.session.status(of: Int64(id))
    }

    @Test func objectAndRowHaveTheNewName() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            try await store.put("a", [1, 2])
            try await rig.rebuild(store)
            let id = try await rig.session.number("select id from s3_image_cache")
            let status = try await renamed(rig, store, "a", "b/c")
            #expect(status.state == "done", "\(status)")
            #expect(try await store.list(ListingRequest()).objects.map(\.key) == ["b/c"])
            #expect(try await rig.session.filenames() == ["b/c"])
            #expect(id > 0)
            // A rebuild finds nothing to do.
            let rebuild = try await rig.rebuild(store)
            #expect(rebuild.count("added") == 0 && rebuild.count("removed") == 0)
        }
    }

    @Test func anotherObjectOfTheNewNameStays() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            try await store.put("a", [1, 2])
            try await store.put("b", [1, 3])
            let status = try await renamed(rig, store, "a", "b")
            #expect(status.state == "failed" && status.code == "already_exists")
            #expect(try await store.get("a", limit: 9) == [1, 2])
            #expect(try await store.get("b", limit: 9) == [1, 3])
            let absent = try await renamed(rig, store, "never", "c")
            #expect(absent.state == "failed" && absent.code == "no_such_key")
        }
    }

    /// What a lost worker leaves: only the copy, or only that and a note of it.
    @Test(arguments: [false, true]) func lostWorkersWorkIsGoneOnWith(isDeleted: Bool) async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            let object = try await store.put("a", [1, 2])
            let id = try await rig.session.number("select s3cache.rename_object('a', 'b')")
            let job = try await rig.claim(.renameObject)
            let copy = try await store.copy("a", to: "b")
            if isDeleted {
                try await rig.contents.noteCopy(copy.etag, of: object.etag, for: job)
                try await store.delete("a")
            }
            _ = try await rig.jobs.fail(job, JobFailure(code: "unavailable", message: "Lost.", isRetryable: true))
            try await rig.session.run("select s3cache.retry(\(id))")
            try await rig.run(try await rig.claim(.renameObject), store)
            #expect(try await rig.session.status(of: Int64(id)).state == "done")
            #expect(try await store.list(ListingRequest()).objects.map(\.key) == ["b"])
            #expect(try await rig.session.filenames() == ["b"])
        }
    }

    /// The row may be of what another program has replaced since.
    @Test func theRowSaysNothingOfOtherContents() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            for name in ["same", "other"] {
                try await store.put(ObjectKey(name), [1, 2])
                try await rig.rebuild(store)
                try await rig.session.run(
                    "update s3_image_cache set width = 3, sha256 = sha256('1') where filename = $1", name)
                if name == "other" { try await store.put(ObjectKey(name), [3, 4]) }
                let status = try await renamed(rig, store, name, "new " + name)
                #expect(status.state == "done", "\(status)")
            }
            let known = "select concat(width, ' ', sha256 is null) from s3_image_cache where filename = $1"
            #expect(try await rig.session.text(known, "new same") == "3 f")
            #expect(try await rig.session.text(known, "new other") == " t")
        }
    }

    /// The old object is the only one as long as the copy is not whole.
    @Test func anObjectStaysWhereItsCopyIsNotWhole() async throws {
        try await Rig.use { rig in
            let base = MemoryStore()
            try await base.put("a", [1, 2])
            let isCopied = Shared(false)
            let store = HookedStore(
                base,
                onHead: { key in if key == "b", isCopied.value { try await base.put("b", [1]) } },
                onWrite: { key in if key == "b" { isCopied.withLock { $0 = true } } })
            let id = try await rig.session.number("select s3cache.rename_object('a', 'b')")
            try await rig.run(try await rig.claim(.renameObject), store)
            let status = try await rig.session.status(of: Int64(id))
            #expect(status.state == "waiting", "\(status)")
            #expect(try await base.get("a", limit: 9) == [1, 2])
        }
    }
}
