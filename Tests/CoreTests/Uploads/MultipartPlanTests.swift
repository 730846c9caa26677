import Core
import Testing

@Suite("MultipartPlan")
struct MultipartPlanTests {
    private static let mebibyte: Int64 = 1 << 20

    @Test(
        "parts are 16 MiB, or as many MiB as make 10,000 of them suffice",
        arguments: [
            (0, 16, 1), (1, 16, 1), (16 * mebibyte, 16, 1), (16 * mebibyte + 1, 16, 2),
            (160_000 * mebibyte, 16, 10_000),
            (160_000 * mebibyte + 1, 17, 9_412), (5 * mebibyte * mebibyte, 525, 9_987),
        ] as [(Int64, Int64, Int)])
    func sizes(size: Int64, mebibytes: Int64, count: Int) {
        let plan = MultipartPlan(size: size)
        #expect(plan.partSize == mebibytes * Self.mebibyte && plan.count == count)
    }

    @Test("the parts are the whole, in order, of one size but the last")
    func ranges() {
        for size in [0, 1, 9, 10, 11, 99, 100, 101] as [Int64] {
            let plan = MultipartPlan(size: size, atLeast: 10)
            var end: Int64 = 0
            for number in plan.numbers {
                let range = plan.range(of: number)
                #expect(range.lowerBound == end && (range.count == 10 || number == plan.count))
                end = range.upperBound
            }
            #expect(end == size)
        }
    }

    @Test("a checkpoint knows what is missing, and whether it is about the same bytes")
    func checkpoint() {
        let plan = MultipartPlan(size: 45, atLeast: 10)
        var checkpoint = MultipartCheckpoint(uploadID: "u", plan: plan, sha256: [1])
        #expect(checkpoint.missing(in: plan) == [1, 2, 3, 4, 5])
        for number in [4, 2, 4] { checkpoint.add(MultipartCheckpoint.Part(number: number, etag: "e\(number)")) }
        #expect(checkpoint.parts.map(\.number) == [2, 4] && checkpoint.missing(in: plan) == [1, 3, 5])
        #expect(checkpoint.fits(plan, sha256: [1]) && !checkpoint.fits(plan, sha256: [2]))
        #expect(!checkpoint.fits(MultipartPlan(size: 45, atLeast: 11), sha256: [1]))
        #expect(!checkpoint.fits(MultipartPlan(size: 46, atLeast: 10), sha256: [1]))
    }
}
