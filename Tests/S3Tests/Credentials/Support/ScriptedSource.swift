import SigV4
import Synchronization
import Testing

@testable import S3

/// A source of credentials that gives what a test says, and can be held.
final class ScriptedSource: CredentialSource {
    private let state = Mutex(State())

    private struct State {
        var answers: [Result<Credentials, CredentialsError>] = []
        var loads = 0
        var revision = 0
        var revisions = 0
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var holdsUntilCancelled = false
    }

    /// Answers in this order; the last one stays.
    init(_ answers: Result<Credentials, CredentialsError>...) { state.withLock { $0.answers = answers } }

    /// How often it was asked.
    var loads: Int { state.withLock(\.loads) }

    /// How often its files were looked at.
    var revisionLooks: Int { state.withLock(\.revisions) }

    func answer(_ answers: Result<Credentials, CredentialsError>...) { state.withLock { $0.answers = answers } }

    /// Its files change.
    func change() { state.withLock { $0.revision += 1 } }

    /// From now on questions wait until `release`.
    func hold() { state.withLock { $0.isHeld = true } }

    /// From now on questions end only when their task is cancelled.
    func holdUntilCancelled(_ holds: Bool) { state.withLock { $0.holdsUntilCancelled = holds } }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func load() async throws -> Credentials {
        let (answer, stays) = state.withLock { state in
            state.loads += 1
            let answer = state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            return (answer, state.holdsUntilCancelled)
        }
        if stays { try await Task.sleep(for: .seconds(3_600)) }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() }
        }
        return try answer.get()
    }

    func revision() -> SourceRevision {
        state.withLock { state in
            state.revisions += 1
            return SourceRevision(stamps: Array(repeating: nil, count: state.revision))
        }
    }
}
