import SigV4
import TestSupport
import Testing

@testable import S3

@Suite("Credentials are kept and refreshed in time", .timeLimit(.minutes(15)))
struct CachingTests {
    private let clock = CredentialClock()

    private func provider(_ source: ScriptedSource) -> CachedCredentialsProvider {
        CachedCredentialsProvider(source: source, now: { [clock] in clock.now })
    }

    private func temporary(_ id: String, lasting seconds: Int64) throws -> Credentials {
        try sampleCredentials(id, token: CredentialScene.token, until: clock.now + seconds)
    }

    private static let broken = CredentialsError(.sourceFailed, "it is down")

    @Test("static ones are asked for once, and stay for ever")
    func staticOnes() async throws {
        let source = ScriptedSource(.success(try sampleCredentials()))
        let provider = provider(source)
        for _ in 0..<5 {
            #expect(try await provider.credentials() == sampleCredentials())
            clock.advance(by: 86_400)
        }
        #expect(source.loads == 1)
    }

    @Test("files are looked at once a second at most, and a change is noticed")
    func changedFiles() async throws {
        let source = ScriptedSource(
            .success(try sampleCredentials("AKIAOLD")), .success(try sampleCredentials("AKIANEW")))
        let provider = provider(source)
        _ = try await provider.credentials()
        let looks = source.revisionLooks
        source.change()
        for _ in 0..<100 { #expect(try await provider.credentials().accessKeyID == "AKIAOLD") }
        #expect(source.revisionLooks == looks)
        clock.advance(by: 1)
        #expect(try await provider.credentials().accessKeyID == "AKIANEW")
        for _ in 0..<100 { _ = try await provider.credentials() }
        #expect(source.loads == 2 && source.revisionLooks <= looks + 2)
    }

    @Test(
        "temporary ones are refreshed when less than 15 minutes remain",
        arguments: [(3_600 - 900, 1), (3_600 - 899, 2), (3_600 - 1, 2)] as [(Int64, Int)])
    func refresh(after seconds: Int64, loads: Int) async throws {
        let source = ScriptedSource(
            .success(try temporary("ASIAOLD", lasting: 3_600)), .success(try temporary("ASIANEW", lasting: 9_000)))
        let provider = provider(source)
        #expect(try await provider.credentials().accessKeyID == "ASIAOLD")
        clock.advance(by: seconds)
        #expect(try await provider.credentials().accessKeyID == (loads == 1 ? "ASIAOLD" : "ASIANEW"))
        #expect(source.loads == loads)
    }

    @Test(
        "a refresh that fails is not told until 10 minutes remain",
        arguments: [(3_600 - 899, true), (3_600 - 601, true), (3_600 - 600, false), (3_600 - 1, false)]
            as [(Int64, Bool)])
    func failedRefresh(after seconds: Int64, isHidden: Bool) async throws {
        let source = ScriptedSource(.success(try temporary("ASIAOLD", lasting: 3_600)), .failure(Self.broken))
        let provider = provider(source)
        _ = try await provider.credentials()
        clock.advance(by: seconds)
        if isHidden {
            #expect(try await provider.credentials().accessKeyID == "ASIAOLD")
        } else {
            #expect(try await credentialsError { _ = try await provider.credentials() } == Self.broken)
        }
        #expect(source.loads == 2)
    }

    @Test("after a hidden failure the source is left alone for ten seconds")
    func pauseAfterFailure() async throws {
        let source = ScriptedSource(.success(try temporary("ASIAOLD", lasting: 3_600)), .failure(Self.broken))
        let provider = provider(source)
        _ = try await provider.credentials()
        clock.advance(by: 3_600 - 800)
        for _ in 0..<10 {
            _ = try await provider.credentials()
            clock.advance(by: 1)
        }
        #expect(source.loads == 2)
        _ = try await provider.credentials()
        #expect(source.loads == 3)
    }

    @Test("expired ones are never given, neither kept nor new", arguments: [0, -1, -3_600] as [Int64])
    func expired(life: Int64) async throws {
        let source = ScriptedSource(.success(try temporary("ASIAOLD", lasting: life)))
        let provider = provider(source)
        #expect(try await credentialsError { _ = try await provider.credentials() }.code == .expired)

        let fresh = ScriptedSource(.success(try temporary("ASIAOLD", lasting: 3_600)))
        let second = self.provider(fresh)
        _ = try await second.credentials()
        clock.advance(by: 3_600 - life)
        #expect(try await credentialsError { _ = try await second.credentials() }.code == .expired)
        #expect(fresh.loads == 2)
    }

    @Test("a source that gives short-lived ones is not asked with each call")
    func shortLived() async throws {
        let source = ScriptedSource(.success(try temporary("ASIASHORT", lasting: 300)))
        let provider = provider(source)
        for _ in 0..<60 {
            _ = try await provider.credentials()
            clock.advance(by: 1)
        }
        #expect(source.loads == 1)
        _ = try await provider.credentials()
        #expect(source.loads == 2)
        // Still the old end: they do until half of what remained is over.
        source.answer(.failure(Self.broken))
        clock.advance(by: 60)
        #expect(try await provider.credentials().accessKeyID == "ASIASHORT")
    }

    @Test("a failure is told to everyone in the same second, then the source is asked again")
    func failures() async throws {
        let source = ScriptedSource(.failure(Self.broken))
        let provider = provider(source)
        for _ in 0..<100 {
            #expect(try await credentialsError { _ = try await provider.credentials() } == Self.broken)
        }
        #expect(source.loads == 1)
        source.answer(.success(try sampleCredentials()))
        clock.advance(by: 1)
        #expect(try await provider.credentials() == sampleCredentials())
    }

    @Test("a clock that is set back neither hides a correction nor ends anything")
    func clockSetBack() async throws {
        let source = ScriptedSource(.failure(Self.broken))
        let provider = provider(source)
        _ = try await credentialsError { _ = try await provider.credentials() }
        source.answer(.success(try temporary("ASIA", lasting: 3_600)))
        clock.advance(by: -86_400)
        #expect(try await provider.credentials().accessKeyID == "ASIA")
        clock.advance(by: -86_400)
        #expect(try await provider.credentials().accessKeyID == "ASIA")
        #expect(source.loads == 2)
    }

    // MARK: Discarding

    @Test("refused ones are asked for again")
    func discard() async throws {
        let source = ScriptedSource(
            .success(try sampleCredentials("AKIAOLD")), .success(try sampleCredentials("AKIANEW")))
        let provider = provider(source)
        let old = try await provider.credentials()
        await provider.discard(old)
        #expect(try await provider.credentials().accessKeyID == "AKIANEW")
        await provider.discard(old)
        #expect(try await provider.credentials().accessKeyID == "AKIANEW")
        #expect(source.loads == 2)
    }

    @Test("many refusals of the same credentials ask the source once a second")
    func discardStorm() async throws {
        let source = ScriptedSource(.success(try sampleCredentials()))
        let provider = provider(source)
        for _ in 0..<100 { await provider.discard(try await provider.credentials()) }
        #expect(source.loads == 2)
        clock.advance(by: 1)
        await provider.discard(try sampleCredentials())
        #expect(try await provider.credentials() == sampleCredentials())
        #expect(source.loads == 3)
    }

    @Test("refused ones are not given when the source fails")
    func discardAndFail() async throws {
        let source = ScriptedSource(.success(try temporary("ASIA", lasting: 3_600)), .failure(Self.broken))
        let provider = provider(source)
        await provider.discard(try await provider.credentials())
        #expect(try await credentialsError { _ = try await provider.credentials() } == Self.broken)
    }

    // MARK: Many callers

    @Test("the source is asked once for all who wait", arguments: [true, false])
    func singleFlight(succeeds: Bool) async throws {
        let source = ScriptedSource(succeeds ? .success(try sampleCredentials()) : .failure(Self.broken))
        source.hold()
        let provider = provider(source)
        let callers = (0..<50).map { _ in Task { try await provider.credentials() } }
        try await waitUntil("49 waiting callers") { provider.waiting == 49 }
        source.release()
        for caller in callers {
            switch await caller.result {
            case .success(let credentials): #expect(try succeeds && credentials == sampleCredentials())
            case .failure(let error): #expect(!succeeds && error as? CredentialsError == Self.broken)
            }
        }
        #expect(source.loads == 1 && provider.waiting == 0)
    }

    @Test("during a refresh in time the others get the kept ones at once")
    func refreshBesides() async throws {
        let source = ScriptedSource(
            .success(try temporary("ASIAOLD", lasting: 3_600)), .success(try temporary("ASIANEW", lasting: 9_000)))
        let provider = provider(source)
        _ = try await provider.credentials()
        clock.advance(by: 3_600 - 800)
        source.hold()
        let refresher = Task { try await provider.credentials() }
        try await waitUntil("the refresh") { source.loads == 2 }
        for _ in 0..<20 { #expect(try await provider.credentials().accessKeyID == "ASIAOLD") }
        source.release()
        #expect(try await refresher.value.accessKeyID == "ASIANEW")
        #expect(try await provider.credentials().accessKeyID == "ASIANEW")
        #expect(source.loads == 2)
    }

    @Test("who waits and is cancelled leaves at once, and the others stay")
    func cancelledWaiter() async throws {
        let source = ScriptedSource(.success(try sampleCredentials()))
        source.hold()
        let provider = provider(source)
        let first = Task { try await provider.credentials() }
        try await waitUntil("the question") { source.loads == 1 }
        let others = (0..<3).map { _ in Task { try await provider.credentials() } }
        try await waitUntil("three waiting callers") { provider.waiting == 3 }
        others[1].cancel()
        await #expect(throws: CancellationError.self) { try await others[1].value }
        #expect(provider.waiting == 2)
        source.release()
        for caller in [first, others[0], others[2]] { #expect(try await caller.value == sampleCredentials()) }
        #expect(source.loads == 1)
    }

    @Test("when the one who asks is cancelled another goes on in its place")
    func cancelledLeader() async throws {
        let source = ScriptedSource(.success(try sampleCredentials()))
        source.holdUntilCancelled(true)
        let provider = provider(source)
        let first = Task { try await provider.credentials() }
        try await waitUntil("the question") { source.loads == 1 }
        let others = (0..<5).map { _ in Task { try await provider.credentials() } }
        try await waitUntil("five waiting callers") { provider.waiting == 5 }
        source.holdUntilCancelled(false)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        for caller in others { #expect(try await caller.value == sampleCredentials()) }
        #expect(source.loads == 2)
    }

    @Test("a task that is cancelled already asks nothing")
    func cancelledBefore() async throws {
        let source = ScriptedSource(.success(try sampleCredentials()))
        let provider = provider(source)
        let gate = AsyncStream<Void>.makeStream()
        let task = Task {
            for await _ in gate.stream {}
            return try await provider.credentials()
        }
        task.cancel()
        gate.continuation.finish()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(source.loads == 0)
    }
}
