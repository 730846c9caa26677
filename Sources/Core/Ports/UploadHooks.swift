/// The object that a hook is run for.
public struct HookedObject: Hashable, Sendable {
    /// Its cache.
    public var cache: String
    /// Its bucket.
    public var bucket: String
    /// Its key.
    public var key: ObjectKey
    /// Where it is read by all, such as its address on a CDN; nil if nowhere.
    public var url: String?
    /// Its media type, where that is known.
    public var contentType: String?
    /// Bytes, where they are known.
    public var size: Int64?

    /// Creates one.
    public init(
        cache: String, bucket: String, key: ObjectKey, url: String? = nil, contentType: String? = nil,
        size: Int64? = nil
    ) {
        self.cache = cache
        self.bucket = bucket
        self.key = key
        self.url = url
        self.contentType = contentType
        self.size = size
    }
}

/// Looks for malware in what is to be stored. Implementation: a command of the worker's operator.
public protocol ContentScanner: Sendable {
    /// Returns where nothing speaks against storing the bytes, which `next` gives piece by piece, nil behind the last.
    ///
    /// Throws `JobFailure`, with code `scan_refused` where they must not be stored, and `scan_failed`, which is worth another
    /// attempt, where nobody knows; and what `next` throws.
    func scan(_ object: HookedObject, next: @escaping @Sendable () async throws -> [UInt8]?) async throws
}

/// Makes a CDN forget what it keeps of an object. Implementation: a command of the worker's operator.
public protocol CDNPurger: Sendable {
    /// Called once an object was replaced, renamed or deleted. Throws `JobFailure` with code `purge_failed`.
    func purge(_ object: HookedObject) async throws
}
