import TestSupport
import BucketSupport
import Core

/// Uploads and deletions that are asked for through SQL, and what they leave in the end.
final class BytesWorkload: Sendable {
    /// What is to be asked for.
    private enum Step: Sendable {
        case upload(key: String, bytes: [UInt8])
        case delete(key: String)
    }

    private struct State: Sendable {
        var ahead: [Step]
        var ids: [Int64] = []
        /// What the last upload of each key sent; nil after a deletion.
        var expected: [String: [UInt8]?] = [:]
    }

    private let state: Shared<State>

    /// So many of each, in a random order: most on the ten keys below `hot/`, half of which exist, the others on keys below
    /// `old/`, which exist, and `new/`, which do not.
    init(uploads: Int, deletions: Int, seed: Int) {
        var random = SeededGenerator(seed: seed)
        var steps: [Step] = []
        for number in 0..<uploads {
            let bytes = Array(repeating: UInt8(1 + number), count: Self.size(number, &random))
            steps.append(.upload(key: Self.key(&random), bytes: bytes))
        }
        for _ in 0..<deletions { steps.append(.delete(key: Self.key(&random))) }
        steps.shuffle(using: &random)
        state = Shared(State(ahead: steps))
    }

    /// The keys that exist before, of those that the jobs are about.
    static let existingKeys = (0..<5).map { "hot/\($0)" } + (0..<15).map { "old/\($0)" }

    /// The jobs that were enqueued.
    var ids: [Int64] { state.value.ids }

    /// What the keys that jobs were about are to hold; nil for those that are to be gone.
    var expected: [String: [UInt8]?] { state.value.expected }

    /// Whether everything was asked for.
    var isFinished: Bool { state.value.ahead.isEmpty }

    /// Enqueues the next `count` jobs, and one more that is rolled back.
    func enqueue(_ count: Int, in session: CacheSession) async throws {
        for step in state.withLock({ Array($0.ahead.prefix(count)) }) {
            switch step {
            case .upload(let key, let bytes):
                let id: Int64 = try await session.connection.query(
                    "select s3cache.upload($1, $2)", [.string(key), .bytes(bytes)]
                ).only[0]
                enqueued(id, key, bytes)
            case .delete(let key):
                let id: Int64 = try await session.connection.query(
                    "select s3cache.delete_object($1)", [.string(key)]
                ).only[0]
                enqueued(id, key, nil)
            }
        }
        try await session.run("begin")
        try await session.run("select s3cache.upload('hot/0', 'never'::bytea), s3cache.delete_object('hot/1')")
        try await session.run("rollback")
    }

    private func enqueued(_ id: Int64, _ key: String, _ bytes: [UInt8]?) {
        state.withLock { state in
            state.ids.append(id)
            state.expected[key] = .some(bytes)
            state.ahead.removeFirst()
        }
    }

    private static func key(_ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: "hot/\(Int.random(in: 0..<10, using: &random))"
        case 6..<8: "old/\(Int.random(in: 0..<15, using: &random))"
        default: "new/\(Int.random(in: 0..<15, using: &random))"
        }
    }

    private static func size(_ number: Int, _ random: inout SeededGenerator) -> Int {
        switch number % 5 {
        case 0: 1
        case 1, 2: Int.random(in: 2..<100_000, using: &random)
        default: Int.random(in: 500_000...3_000_000, using: &random)
        }
    }
}
