import Core
import Synchronization

/// Signing keys in memory, as a database keeps them: of each scope those of the credential published last.
final class FakeURLStore: URLStore {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private struct State {
        var scopes: [SigningKeyScope] = []
        var today = 20_000
        var published: [SigningKeyScope: SigningKeyDemand.Published] = [:]
        var failure: String?
        var publications: [SigningKeyScope] = []
        var pruned = 0
    }

    private let state = Mutex(State())

    /// What caches need.
    init(_ scopes: SigningKeyScope...) { state.withLock { $0.scopes = scopes } }

    /// What was published, in order.
    var publications: [SigningKeyScope] { state.withLock(\.publications) }
    /// How often keys were pruned.
    var pruned: Int { state.withLock(\.pruned) }
    /// Lets so many days pass.
    func advance(days: Int) { state.withLock { $0.today += days } }
    /// Why no call succeeds from now on; nil: they do.
    func fail(_ reason: String?) { state.withLock { $0.failure = reason } }
    /// What caches need from now on.
    func want(_ scopes: SigningKeyScope...) { state.withLock { $0.scopes = scopes } }

    func wantedSigningKeys() async throws -> [SigningKeyDemand] {
        try state.withLock { state in
            if let failure = state.failure { throw Failure(description: failure) }
            return state.scopes.map { scope in
                SigningKeyDemand(
                    scope: scope, days: (state.today - 1)...(state.today + 2), published: state.published[scope])
            }
        }
    }

    func publish(
        _ keys: [DerivedSigningKey], of credential: SigningCredential, for scope: SigningKeyScope
    ) async throws {
        try state.withLock { state in
            if let failure = state.failure { throw Failure(description: failure) }
            state.publications.append(scope)
            state.published[scope] = SigningKeyDemand.Published(
                accessKeyID: credential.accessKeyID.value, obtainedAt: credential.obtainedAt,
                expiresAt: credential.expiresAt, days: keys.map(\.day))
        }
    }

    func pruneSigningKeys() async throws -> Int {
        state.withLock { state in
            state.pruned += 1
            return 0
        }
    }

    func prunePresigned(limit: Int, from place: PruningPlace?) async throws -> Pruned { Pruned(count: 0, next: nil) }
    func complete(_ job: Job, presigned files: [PresignedFile]) async throws -> Bool { true }
}
