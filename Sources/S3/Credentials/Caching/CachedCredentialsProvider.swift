public import SigV4
internal import Synchronization

/// Keeps what a chain gave, and asks it again in time: once, however many callers wait.
///
/// Credentials without an end stay until they are discarded or the files that they come from change, which is looked at once
/// a second at most. Temporary ones are refreshed when less than 15 minutes remain: one caller asks the source, the others
/// get the kept ones meanwhile. A refresh that fails is not told until 10 minutes remain; expired ones are never given. A
/// failure is told to everyone who asks in the same second, then the source is asked again.
///
/// The source is asked by the first caller's task. When that is cancelled, another caller who waits goes on in its place.
public final class CachedCredentialsProvider: CredentialsProvider {
    private let source: any CredentialSource
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    private struct State {
        var memory = CredentialsMemory()
        var lastWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
    }

    /// What somebody who waits learns.
    private enum Outcome: Sendable {
        case ended(Result<Credentials, CredentialsError>)
        /// Nothing: ask for yourself.
        case abandoned
        case cancelled
    }

    /// A provider that has asked nothing yet. `now` tells the time, in seconds since 1970-01-01T00:00:00Z.
    public convenience init(_ chain: CredentialChain, now: @escaping @Sendable () -> Int64) {
        self.init(source: chain, now: now)
    }

    init(source: any CredentialSource, now: @escaping @Sendable () -> Int64) {
        self.source = source
        self.now = now
    }

    /// Credentials that are valid now. Throws `CredentialsError`, and `CancellationError` when the task is cancelled.
    public func credentials() async throws -> Credentials {
        while true {
            try Task.checkCancellation()
            noticeChanges()
            let answer = state.withLock { $0.memory.ask(at: now()) }
            switch answer {
            case .give(let credentials): return credentials
            case .fail(let error): throw error
            case .load: return try await load()
            case .wait:
                switch await wait() {
                case .ended(let result): return try result.get()
                case .abandoned: continue
                case .cancelled: throw CancellationError()
                }
            }
        }
    }

    /// These were refused: the next call asks the source again.
    ///
    /// Where the source then gives the same ones, it is not asked for that reason again within the second.
    public func discard(_ refused: Credentials) async {
        state.withLock { $0.memory.discard(refused, at: now()) }
    }

    /// How many callers wait for the source, the one who asks it not counted.
    var waiting: Int { state.withLock { $0.waiters.count } }

    private func noticeChanges() {
        guard state.withLock({ $0.memory.wantsRevision(at: now()) }) else { return }
        let revision = source.revision()
        state.withLock { $0.memory.note(revision) }
    }

    /// Asks the source for everyone.
    private func load() async throws -> Credentials {
        // Before it is read: a file that changes meanwhile is read again.
        let revision = source.revision()
        let outcome: Result<Credentials, CredentialsError>
        do {
            outcome = .success(try await source.load())
        } catch {
            guard !Task.isCancelled else {
                abandon()
                throw CancellationError()
            }
            outcome = .failure(
                error as? CredentialsError
                    ?? CredentialsError(.sourceFailed, "the source of the credentials could not be asked: try again"))
        }
        return try end { memory in
            switch outcome {
            case .success(let credentials): memory.loaded(credentials, revision, at: now())
            case .failure(let error): memory.failed(error, at: now())
            }
        }.get()
    }

    private func end(
        _ change: (inout CredentialsMemory) -> Result<Credentials, CredentialsError>
    ) -> Result<Credentials, CredentialsError> {
        let (result, waiters) = state.withLock { state in
            let result = change(&state.memory)
            defer { state.waiters.removeAll() }
            return (result, Array(state.waiters.values))
        }
        for waiter in waiters { waiter.resume(returning: .ended(result)) }
        return result
    }

    private func abandon() {
        let waiters = state.withLock { state in
            state.memory.abandoned()
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: .abandoned) }
    }

    private func wait() async -> Outcome {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Outcome? = state.withLock { state in
                    // Once the handler has run, nobody would wake this one.
                    if Task.isCancelled { return .cancelled }
                    guard state.memory.isLoading else { return .abandoned }
                    state.waiters[id] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: .cancelled)
        }
    }
}

extension CachedCredentialsProvider: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of what it keeps.
    public var description: String { "CachedCredentialsProvider" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// What `dump` shows: nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
