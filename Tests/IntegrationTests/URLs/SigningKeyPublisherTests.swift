import Core
import TestSupport
import Testing
import Worker

/// What the publisher does with what it finds, look by look.
@Suite struct SigningKeyPublisherTests {
    private static let own = SigningKeyScope(profile: nil, purpose: .presign, region: "r1")
    private static let theirs = SigningKeyScope(profile: "x", purpose: .upload, region: "r2")

    /// Gives what a test says.
    private final class Source: SigningKeySource {
        let obtained = Shared(Int64(1))
        let failure = Shared<String?>(nil)

        func credential(of profile: String?, for purpose: SigningKeyScope.Purpose) async throws -> SigningCredential {
            if profile == "x", let failure = failure.value {
                throw StoreError(.credentialsMissing, failure, operation: "Presign", bucket: "")
            }
            return SigningCredential(
                accessKeyID: "ID", sessionToken: nil, obtainedAt: Timestamp(microseconds: obtained.value),
                expiresAt: nil
            ) { _, day in DerivedSigningKey(day: day, innerPad: [], outerPad: []) }
        }
    }

    private struct Scene {
        let store: FakeURLStore
        let source = Source()
        let journal = Journal()
        let publisher: SigningKeyPublisher

        init(_ store: FakeURLStore) {
            self.store = store
            publisher = SigningKeyPublisher(
                urls: store, source: source, settings: WorkerSettings(), observe: journal.observe)
        }

        /// The reasons that were observed, in order.
        var reasons: [String] {
            journal.all.compactMap { if case .signingKeysUnpublished(_, let reason) = $0 { reason } else { nil } }
        }
    }

    @Test func eachDayIsPublishedOnceAndTheNextInTime() async {
        let scene = Scene(FakeURLStore(Self.own, Self.theirs))
        for _ in 0..<3 { await scene.publisher.publish() }
        #expect(scene.store.publications == [Self.own, Self.theirs])
        scene.store.advance(days: 1)
        for _ in 0..<3 { await scene.publisher.publish() }
        #expect(scene.store.publications.count == 4)
        let told = scene.journal.count { if case .signingKeysPublished = $0 { true } else { false } }
        #expect(told == 4 && scene.reasons.isEmpty)
    }

    @Test func renewedCredentialIsPublishedAtTheNextLook() async {
        let scene = Scene(FakeURLStore(Self.own))
        await scene.publisher.publish()
        scene.source.obtained.withLock { $0 = 2 }
        for _ in 0..<3 { await scene.publisher.publish() }
        #expect(scene.store.publications.count == 2)
    }

    @Test func oneScopesTroubleIsTheOthersNoneAndIsToldOnceUntilItChanges() async {
        let scene = Scene(FakeURLStore(Self.theirs, Self.own))
        scene.source.failure.withLock { $0 = "There are none." }
        for _ in 0..<3 { await scene.publisher.publish() }
        #expect(scene.store.publications == [Self.own] && scene.reasons == ["There are none."])
        scene.source.failure.withLock { $0 = "They have expired." }
        for _ in 0..<3 { await scene.publisher.publish() }
        #expect(scene.reasons == ["There are none.", "They have expired."])
        // Mended and broken again is news.
        scene.source.failure.withLock { $0 = nil }
        await scene.publisher.publish()
        #expect(scene.store.publications == [Self.own, Self.theirs])
        scene.source.failure.withLock { $0 = "They have expired." }
        await scene.publisher.publish()
        #expect(scene.reasons.count == 3)
    }

    @Test func databaseThatIsAwayIsToldOnceAndPublishedToAfterwards() async {
        let scene = Scene(FakeURLStore(Self.own))
        scene.store.fail("away")
        for _ in 0..<3 { await scene.publisher.publish() }
        #expect(scene.reasons == ["away"] && scene.store.publications.isEmpty)
        scene.store.fail(nil)
        await scene.publisher.publish()
        #expect(scene.store.publications == [Self.own])
    }

    @Test func keysArePrunedAtTheFirstLookAndAfterEachPublication() async {
        let scene = Scene(FakeURLStore())
        for _ in 0..<3 { await scene.publisher.publish() }
        #expect(scene.store.pruned == 1)
        scene.store.want(Self.own)
        for _ in 0..<3 { await scene.publisher.publish() }
        #expect(scene.store.pruned == 2)
    }
}
