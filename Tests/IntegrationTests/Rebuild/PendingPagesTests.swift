import Core
import Testing

@testable import Worker

@Suite struct PendingPagesTests {
    /// Pages of 10 objects whose keys are so long, until no more are to be asked for; then the slices that they make.
    private func slices(keyLength: Int) -> [Int] {
        var pending = PendingPages(sliceSize: 100)
        var number = 0
        while !pending.isFull {
            #expect(pending.isAhead == (number >= (keyLength == 60 ? 10 : 5)))
            let objects = (0..<10).map { index in
                ObjectSummary(
                    key: ObjectKey(String(repeating: "k", count: keyLength - 6) + "\(100_000 + number * 10 + index)"),
                    size: 1, etag: "e", lastModified: Timestamp(microseconds: 0))
            }
            number += 1
            pending.add(
                ListedPage(
                    objects: objects, covered: KeyInterval(),
                    fence: NumberedFence(number: 0, fence: Fence(rawValue: "")), counters: RebuildCounters()))
        }
        var sizes: [Int] = []
        while let slice = pending.takeSlice() { sizes.append(slice.reduce(0) { $0 + $1.objects.count }) }
        return sizes
    }

    @Test func usualKeysAreBoundedByTheirNumber() {
        #expect(slices(keyLength: 60) == [100, 100])
    }

    /// 100 objects may take 51,200 bytes; one takes about 1,200.
    @Test func longKeysAreBoundedByTheirBytes() {
        #expect(slices(keyLength: 1_024) == [50, 40])
    }
}
