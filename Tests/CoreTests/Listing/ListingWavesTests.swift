import TestSupport
import Testing

@testable import Core

/// Answers come in waves, as if each took the same time: how many waves and requests a shape takes, of the fewest possible.
@Suite(.timeLimit(.minutes(10))) struct ListingWavesTests {
    private static let concurrency = 64
    private static let pages = 1000

    @Test(arguments: [
        ("uuid", 1.8, 1.5), ("hash under a prefix", 1.8, 1.5), ("sequential", 1.8, 1.5),
        ("sequential, unpadded", 1.8, 1.5), ("dates", 1.9, 1.5), ("directories", 1.8, 1.5), ("scripts", 1.8, 1.6),
        ("folders", 3.2, 2.3),
    ]) func isNearTheIdeal(shape: String, most waveFactor: Double, _ requestFactor: Double) throws {
        var random = SeededGenerator(seed: 7)
        let pageSize = 30
        let bucket = SortedBucket(KeyShapes.named(shape, Self.pages * pageSize, &random), pageSize: pageSize)
        var run = ListingRun(ListingPlan(prefix: "", concurrency: Self.concurrency, seed: 3))
        var waves = 0
        while !run.isFinished {
            run.send()
            waves += 1
            for _ in 0..<run.underWay.count { run.answer(bucket, at: 0) }
        }
        #expect(run.listed.count == bucket.keys.count)
        let ideal = Double(bucket.keys.count) / Double(pageSize)
        #expect(Double(waves) <= waveFactor * ideal / Double(Self.concurrency))
        #expect(Double(run.requests) <= requestFactor * ideal)
        #expect(run.requests == run.plans[0].usefulPages + run.plans[0].wastedPages)
    }
}
