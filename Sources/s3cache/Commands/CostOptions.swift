internal import ArgumentParser
internal import Core

/// What a cost estimate assumes.
struct CostOptions: ParsableArguments {
    @Flag(help: "Estimate what the objects cost in a month, in US dollars.")
    var costs = false
    @Option(help: "With --costs: how often each object is read in a month.")
    var reads = 1.0
    @Option(
        help: ArgumentHelp(
            "With --costs: a GiB stored for a month, as CLASS=PRICE; may be repeated.", valueName: "class=price"))
    var storagePrice: [String] = []
    @Option(help: "With --costs: 1,000 requests that store or list.")
    var writePrice = CostPrices().writes
    @Option(help: "With --costs: 1,000 requests that read.")
    var readPrice = CostPrices().reads
    @Option(help: "With --costs: a GiB that leaves for the internet; 0 where a CDN of the same provider reads.")
    var transferPrice = CostPrices().transfer

    func validate() throws {
        for (name, number) in [
            ("--reads", reads), ("--write-price", writePrice), ("--read-price", readPrice),
            ("--transfer-price", transferPrice),
        ] where !(number.isFinite && number >= 0) {
            throw ValidationError("\(name) takes a number that is not negative.")
        }
        for text in storagePrice where Self.price(text) == nil {
            throw ValidationError(
                "--storage-price takes a class and a price, such as STANDARD=0.023; not \(ObjectKey(text).quoted).")
        }
    }

    /// Amazon's prices with those that were given in their place.
    var prices: CostPrices {
        var prices = CostPrices()
        for (storageClass, price) in storagePrice.compactMap(Self.price) { prices.storage[storageClass] = price }
        prices.writes = writePrice
        prices.reads = readPrice
        prices.transfer = transferPrice
        return prices
    }

    private static func price(_ text: String) -> (String, Double)? {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let price = Double(parts[1]), price.isFinite, price >= 0 else { return nil }
        return (parts[0].uppercased(), price)
    }
}
