import Adapters
import Core
import TestSupport

/// Acts at random on a small bucket and its cache while a rebuild runs: uploads, deletes objects, adds and forgets rows,
/// in open transactions and in savepoints. Whatever happens in the bucket is also told to the cache, as s3cache does.
actor RaceModel {
    /// Keys that nobody touches: rows and objects from the start.
    static let sentinels = (0..<6).map { "s\($0 * 7 % 10)-kept" }

    private let rig: Rig
    private let store: MemoryStore
    private let keys: [String]
    /// Actors let others in while they wait; here one thing happens at a time.
    private let turnstile = Turnstile(limit: 1)
    private var random: SeededGenerator
    private var sessions: [CacheSession] = []
    private var open: [[@Sendable (CacheSession) async throws -> Void]?] = []
    /// Keys whose rows were forgotten: a rebuild may bring them back or not.
    private var forgotten: Set<String> = []
    /// What happened, for the report of a failure.
    private(set) var log: [String] = []

    init(_ rig: Rig, _ store: MemoryStore, seed: Int) {
        self.rig = rig
        self.store = store
        self.random = SeededGenerator(seed: seed)
        keys = (0..<15).map { "\(["a", "s", "z"][$0 % 3])\($0 * 11 % 17)" }
    }

    /// Fills bucket and table, which agree in part.
    func prepare(emptyTable: Bool) async throws {
        for _ in 0..<3 {
            sessions.append(try await rig.newSession())
            open.append(nil)
        }
        for key in keys + Self.sentinels {
            let isSentinel = key.hasSuffix("-kept")
            if isSentinel || random.once(in: 2) { try await store.put(ObjectKey(key), [1, 2, 3]) }
            guard !emptyTable else { continue }
            let row = try await store.head(ObjectKey(key))
            switch isSentinel ? 0 : Int.random(in: 0..<4, using: &random) {
            case 0:
                try await rig.session.seedPresent([row ?? [ObjectSummary].made([key])[0]])
            case 1:
                try await rig.session.seedPresent([ObjectSummary].made([key]))
            case 2:
                try await rig.session.run("insert into s3_image_cache (filename) values ($1)", key)
            default:
                break
            }
        }
    }

    /// Perhaps does something; to be called at every moment of the rebuild.
    func act(at moment: RebuildMoment, mayOpen: Bool) async throws {
        try await turnstile.enter()
        defer { turnstile.leave() }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let index = Int.random(in: 0..<sessions.count, using: &random)
            let key = keys[Int.random(in: 0..<(keys.count / 3), using: &random) * 3 + index]
            log.append("\(moment) session \(index) \(key)")
            if open[index] != nil, random.once(in: 2) {
                try await end(index)
            } else if open[index] == nil, mayOpen, random.once(in: 3) {
                try await sessions[index].run("begin")
                open[index] = []
            } else {
                try await touch(key, index)
            }
        }
    }

    /// Ends all transactions.
    func settle() async throws {
        for index in sessions.indices where open[index] != nil { try await end(index) }
    }

    /// Where bucket and table differ, forgotten rows aside.
    func differences() async throws -> [String] {
        let expected = Set(try await store.expectedRows()).filter { !isForgotten($0) }
        let actual = Set(try await rig.session.present()).filter { !isForgotten($0) }
        return expected.symmetricDifference(actual).sorted()
    }

    private func isForgotten(_ row: String) -> Bool { forgotten.contains(String(row.prefix { $0 != "|" })) }

    private func touch(_ key: String, _ index: Int) async throws {
        let session = sessions[index]
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            try await store.put(ObjectKey(key), Array(repeating: 0, count: Int.random(in: 0..<100, using: &random)))
            log.append("upload")
            forgotten.remove(key)
            try await write(index) { try await upsert(key, $0) }
        case 1 where open[index] == nil:
            log.append("delete object")
            try await store.delete(ObjectKey(key))
            try await session.run("begin")
            try await session.run("select pg_advisory_xact_lock(hashtextextended('s3cache.deletion', 1))")
            try await session.run(
                """
                insert into s3cache.tombstone as t (cache_id, filename) values (1, $1)
                on conflict (cache_id, filename) do update set deleted_xid = pg_current_xact_id(), deleted_at = now()
                """, key)
            try await session.run("delete from s3_image_cache where filename = $1", key)
            try await session.run("commit")
            forgotten.remove(key)
        case 2:
            log.append("add")
            try await write(index) { try await $0.run("select add_file_to_s3_cache($1)", key) }
        default:
            log.append("forget")
            forgotten.insert(key)
            try await session.run("delete from s3_image_cache where filename = $1", key)
        }
    }

    /// Runs a statement, in a savepoint at times; remembered so that it is done again should its transaction roll back.
    private func write(_ index: Int, _ action: @escaping @Sendable (CacheSession) async throws -> Void) async throws {
        let isNested = open[index] != nil && random.once(in: 2)
        if isNested { try await sessions[index].run("savepoint nested") }
        try await action(sessions[index])
        if isNested { try await sessions[index].run("release nested") }
        open[index]?.append(action)
    }

    private func end(_ index: Int) async throws {
        let isKept = !random.once(in: 3)
        log.append(isKept ? "commit \(index)" : "rollback \(index)")
        try await sessions[index].run(isKept ? "commit" : "rollback")
        let actions = open[index] ?? []
        open[index] = nil
        if !isKept {
            for action in actions { try await action(sessions[index]) }
        }
    }
}

/// What an upload does with its row.
private func upsert(_ key: String, _ session: CacheSession) async throws {
    try await session.run(
        """
        insert into s3_image_cache (filename) values ($1)
        on conflict (filename) do update set state = 'unverified'
        """, key)
}
