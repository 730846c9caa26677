/// What a cache's objects cost in a month, in US dollars, as far as the index can tell.
///
/// Not in it: retrieval from archives, their minimum durations, earlier versions, and what a CDN asks for.
public struct CostEstimate: Hashable, Sendable {
    /// Keeping what is stored.
    public let storage: Double
    /// Storing and listing, as in the last 30 days, and the assumed reads.
    public let requests: Double
    /// The assumed reads' bytes.
    public let transfer: Double

    /// All of it.
    public var total: Double { storage + requests + transfer }

    /// An estimate for a use at these prices.
    public init(_ usage: CostUsage, _ prices: CostPrices) {
        storage = usage.stocks.reduce(0) {
            $0 + Self.gibibytes($1.bytes) * prices.storagePrice(of: $1.storageClass)
        }
        // A page of a listing has 1,000 keys, and an empty bucket has a page too.
        let pages = Double(max(1, (usage.files + 999) / 1_000))
        let writes = Double(usage.uploads) + Double(usage.rebuilds) * pages
        let reads = Double(usage.files) * usage.readsPerFile
        requests = writes / 1_000 * prices.writes + reads / 1_000 * prices.reads
        transfer = Self.gibibytes(usage.bytes) * usage.readsPerFile * prices.transfer
    }

    private static func gibibytes(_ bytes: Int64) -> Double { Double(bytes) / 1_073_741_824 }
}
