import Core
import TestSupport
import Testing

@testable import Adapters

@Suite(.timeLimit(.minutes(5))) struct LatelyStoredTests {
    private static let wish = LatelyStored.Properties(storageClass: nil, contentType: "text/plain")

    private func write(at time: Int64, etag: String = "e") -> LatelyStored.Write {
        LatelyStored.Write(etag: etag, sent: Self.wish, span: time...time + 1_000)
    }

    private func summary(_ key: String, etag: String = "e", second: Int64 = 0) -> ObjectSummary {
        ObjectSummary(
            key: ObjectKey(key), size: 3, etag: etag, lastModified: Timestamp(seconds: second, nanoseconds: 0),
            storageClass: "COLD", contentType: "text/plain; charset=UTF-8")
    }

    /// Knows the turn of second 101.
    private func informed() -> LatelyStored {
        let lately = LatelyStored()
        lately.learn(summary("a", second: 100), write(at: 990_000))
        lately.learn(summary("b", second: 101), write(at: 1_000_000))
        return lately
    }

    @Test func tellsWhatAHeadWouldSay() {
        let told = informed().tell(summary("c"), write(at: 1_500_000))
        #expect(told == summary("c", second: 101))
    }

    @Test func tellsNothingOfWhatIsStoredInAnotherWay() {
        var other = write(at: 1_500_000)
        other.sent.contentType = "image/png"
        #expect(informed().tell(summary("c"), other) == nil)
        other = write(at: 1_500_000)
        other.sent.storageClass = "GLACIER"
        #expect(informed().tell(summary("c"), other) == nil)
    }

    @Test func learnsNothingFromWhatSomebodyElseHasStored() {
        let lately = LatelyStored()
        lately.learn(summary("a", second: 100), write(at: 990_000))
        lately.learn(summary("b", etag: "other", second: 101), write(at: 1_000_000))
        #expect(lately.tell(summary("c"), write(at: 1_500_000)) == nil)
    }

    @Test func aWriteIsTakenOnceAndOnlyTheLast() {
        let lately = LatelyStored()
        lately.note(write(at: 0), of: ObjectKey("a"))
        lately.note(write(at: 5_000, etag: "later"), of: ObjectKey("a"))
        #expect(lately.take(summary("b")) == nil)
        #expect(lately.take(summary("a", etag: "later"))?.span.lowerBound == 5_000)
        #expect(lately.take(summary("a", etag: "later")) == nil)
        lately.note(write(at: 9_000), of: ObjectKey("a"))
        #expect(lately.take(summary("a", etag: "another")) == nil)
    }

    @Test func whatNobodyAsksForIsForgotten() {
        let lately = LatelyStored()
        for number in 0..<5_000 { lately.note(write(at: Int64(number)), of: ObjectKey("\(number)")) }
        let known = (0..<5_000).count { lately.take(summary("\($0)")) != nil }
        #expect((1...1_024).contains(known), "\(known)")
    }

    /// What a server was asked for.
    private struct Asked: Sendable {
        var puts = 0
        var heads = 0
    }

    /// A store whose server stores nothing, and says of every object that it was written in one second.
    private func withStore(_ body: (any ObjectStore, Shared<Asked>) async throws -> Void) async throws {
        let asked = Shared(Asked())
        let server = try ScriptedServer.answering { request in
            let isPut = request.head.hasPrefix("PUT ")
            asked.withLock { asked in
                if isPut { asked.puts += 1 } else { asked.heads += 1 }
            }
            let date = isPut ? "" : "last-modified: Sun, 06 Nov 2033 08:49:37 GMT\r\n"
            return "HTTP/1.1 200 OK\r\netag: \"e-1\"\r\n\(date)content-length: 0\r\n\r\n"
        }
        defer { server.stop() }
        let environment = [
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": server.origin,
        ]
        let provider = try S3StoreProvider(environment: try .init(environment))
        try await body(try provider.store(for: CacheConfiguration(name: "c", bucket: "b", prefix: "")), asked)
    }

    @Test func whatIsNotCertainIsAskedFor() async throws {
        try await withStore { store, asked in
            for number in 0..<5 {
                let stored = try await store.put(ObjectKey("\(number)"), [1], PutOptions())
                let settled = try await store.settled(stored)
                #expect(settled?.lastModified.microseconds == 2_014_879_777_000_000)
            }
            // No second has turned.
            #expect(asked.value.heads == 5)
            #expect(asked.value.puts == 5)
        }
    }
}
