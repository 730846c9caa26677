/// What a provider asks for, in US dollars.
public struct CostPrices: Hashable, Sendable {
    /// A GiB stored for a month, by storage class.
    public var storage: [String: Double] = [
        "STANDARD": 0.023, "REDUCED_REDUNDANCY": 0.024, "INTELLIGENT_TIERING": 0.023, "STANDARD_IA": 0.0125,
        "ONEZONE_IA": 0.01, "GLACIER_IR": 0.004, "GLACIER": 0.0036, "DEEP_ARCHIVE": 0.00099,
    ]
    /// 1,000 requests that store or list.
    public var writes = 0.005
    /// 1,000 requests that read.
    public var reads = 0.0004
    /// A GiB that leaves for the internet.
    public var transfer = 0.09

    /// Amazon's list prices for us-east-1, without free tiers and volume discounts. They change: give your own.
    public init() {}

    /// The price of a storage class; of an unknown one that of STANDARD.
    public func storagePrice(of storageClass: String) -> Double {
        storage[storageClass] ?? storage["STANDARD"] ?? 0
    }
}
