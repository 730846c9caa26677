/// What to list.
public struct ListingRequest: Sendable {
    /// Only keys that start with these bytes; empty for all.
    public var prefix: String
    /// Where to begin.
    public var position: ListingPosition
    /// The most keys to give; a store may give fewer (S3: 1,000 at most).
    public var limit: Int

    /// A request from the start of `prefix` unless `position` says otherwise.
    public init(prefix: String = "", position: ListingPosition = .start, limit: Int = 1000) {
        self.prefix = prefix
        self.position = position
        self.limit = limit
    }
}

/// Where a listing begins or goes on.
public enum ListingPosition: Sendable {
    /// At the first key.
    case start
    /// At the first key greater than this one, whether or not it exists.
    case after(ObjectKey)
    /// Where the page that gave this continuation token ended.
    case continuation(String)
}

/// One page of a listing.
public struct ListingPage: Sendable {
    /// Strictly ascending by key bytes.
    public var objects: [ObjectSummary]
    /// Where the next page begins; nil when this was the last.
    public var next: ListingPosition?
    /// Names that were found but cannot be keys (a directory's files that are not UTF-8, or too long): not in `objects`.
    public var unlistable: Int
    /// How often the store was asked again before it gave the page.
    public var retries = 0
    /// How often the store asked for fewer requests before it gave the page.
    public var throttles = 0

    /// A page, the last one unless `next` is given.
    public init(objects: [ObjectSummary], next: ListingPosition? = nil, unlistable: Int = 0) {
        self.objects = objects
        self.next = next
        self.unlistable = unlistable
    }
}
