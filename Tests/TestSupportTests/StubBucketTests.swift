import HTTP
import TestSupport
import Testing

/// The stub that benchmarks list can be started by tests.
@Suite(.timeLimit(.minutes(15))) struct StubBucketTests {
    @Test("It counts the pages that it is asked for, and those that are wrong")
    func counts() async throws {
        let bucket = try await StubBucket(["--objects", "1500", "--fault", "repeated-key@2"])
        #expect(try bucket.statistics().pages == 0)
        let client = try HTTPClient()
        for _ in 0..<2 {
            _ = try await client.send(HTTPRequest(.get, bucket.endpoint + "/b?list-type=2"), bodyLimit: 1 << 20)
        }
        await client.close()
        let statistics = try bucket.statistics()
        #expect(statistics.requests == 2 && statistics.pages == 2 && statistics.objects == 2_000)
        #expect(statistics.faulty == 1 && statistics.throttled == 0 && statistics.maximumInFlight == 1)
    }

    @Test("It says why it refuses an option")
    func refuses() async {
        await #expect { try await StubBucket(["--objects", "many"]) } throws: { error in
            "\(error)".contains("--objects takes")
        }
    }
}
