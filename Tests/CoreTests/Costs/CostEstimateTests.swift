import Core
import Testing

@Suite struct CostEstimateTests {
    private func close(_ one: Double, _ other: Double) -> Bool { abs(one - other) < 1e-9 }

    @Test func everyPartHasItsPrice() {
        let gibibyte: Int64 = 1 << 30
        let usage = CostUsage(
            stocks: [
                CostUsage.Stock(storageClass: "STANDARD", files: 1_500, bytes: 100 * gibibyte),
                CostUsage.Stock(storageClass: "GLACIER", files: 500, bytes: 1_000 * gibibyte),
            ], uploads: 300, rebuilds: 10, readsPerFile: 2)
        let estimate = CostEstimate(usage, CostPrices())
        #expect(close(estimate.storage, 100 * 0.023 + 1_000 * 0.0036))
        // 300 uploads and 10 listings of 2 pages; 4,000 reads.
        #expect(close(estimate.requests, 320 / 1_000 * 0.005 + 4_000 / 1_000 * 0.0004))
        #expect(close(estimate.transfer, 2_200 * 0.09))
        #expect(close(estimate.total, estimate.storage + estimate.requests + estimate.transfer))
    }

    @Test func anEmptyCacheCostsNothingButItsListings() {
        let usage = CostUsage(stocks: [], uploads: 0, rebuilds: 0, readsPerFile: 10)
        #expect(CostEstimate(usage, CostPrices()).total == 0)
        #expect(
            close(
                CostEstimate(CostUsage(stocks: [], uploads: 0, rebuilds: 2, readsPerFile: 1), CostPrices()).total,
                0.00001))
    }

    @Test func ownPricesCountAndUnknownClassesCostWhatSTANDARDDoes() {
        var prices = CostPrices()
        prices.storage["STANDARD"] = 1
        let stock = CostUsage.Stock(storageClass: "EXPRESS", files: 1, bytes: 1 << 30)
        let usage = CostUsage(stocks: [stock], uploads: 0, rebuilds: 0, readsPerFile: 0)
        #expect(close(CostEstimate(usage, prices).storage, 1))
        prices.storage["EXPRESS"] = 2
        #expect(close(CostEstimate(usage, prices).storage, 2))
    }
}
