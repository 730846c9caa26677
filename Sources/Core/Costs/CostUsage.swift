/// What is known, or assumed, of how a cache's objects are used.
public struct CostUsage: Hashable, Sendable {
    /// Objects of one storage class.
    public struct Stock: Hashable, Sendable {
        /// `STANDARD`, `GLACIER`, ….
        public var storageClass: String
        /// How many.
        public var files: Int64
        /// Their bytes.
        public var bytes: Int64

        /// Objects of a class.
        public init(storageClass: String, files: Int64, bytes: Int64) {
            self.storageClass = storageClass
            self.files = files
            self.bytes = bytes
        }
    }

    /// What is stored.
    public var stocks: [Stock]
    /// Objects that were stored in the last 30 days.
    public var uploads: Int64
    /// Rebuilds in the last 30 days; each lists all objects.
    public var rebuilds: Int64
    /// How often each object is read in a month.
    public var readsPerFile: Double

    /// The use of a cache.
    public init(stocks: [Stock], uploads: Int64, rebuilds: Int64, readsPerFile: Double) {
        self.stocks = stocks
        self.uploads = uploads
        self.rebuilds = rebuilds
        self.readsPerFile = readsPerFile
    }

    /// All objects.
    public var files: Int64 { stocks.reduce(0) { $0 + $1.files } }
    /// Their bytes.
    public var bytes: Int64 { stocks.reduce(0) { $0 + $1.bytes } }
}
