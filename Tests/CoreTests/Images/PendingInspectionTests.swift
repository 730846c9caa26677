import Core
import ImageFixtures
import Testing

@Suite struct PendingInspectionTests {
    @Test(arguments: ImageCorpus.all) func piecesTellTheSame(_ item: ImageCorpus.Item) {
        #expect(PiecewiseInspection.inspect(item.bytes) == ImageInspector.inspect(item.bytes))
    }

    @Test func itAsksTheSameUntilItIsTold() {
        var pending = PendingInspection(size: 1_000)
        let first = pending.next()
        #expect(first == .read(0..<1_000))
        #expect(pending.next() == first)
    }

    @Test func fewerBytesThanAskedForAreTheEnd() {
        var pending = PendingInspection(size: 1_000)
        _ = pending.next()
        pending.supply(Array(RasterImages.png(9, 9)))
        guard case .done(let inspection) = pending.next() else {
            Issue.record("it goes on")
            return
        }
        #expect(inspection.flaw?.code == .truncated)
    }

    @Test func nothingIsEmpty() {
        var pending = PendingInspection(size: 0)
        guard case .done(let inspection) = pending.next() else {
            Issue.record("it asks for something")
            return
        }
        #expect(inspection.format == .empty)
    }
}
