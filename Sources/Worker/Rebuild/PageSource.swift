import Core

/// Where the pages of a rebuild come from: says what to ask for next, and takes what came. A state machine without IO;
/// asking is its fetcher's part.
protocol PageSource: Sendable {
    associatedtype Fetcher: PageFetcher

    /// Asks.
    var fetcher: Fetcher { get }
    /// Whether many workers may list together.
    var canBeShared: Bool { get }
    /// Whether it is known that the bucket lists from any key on.
    var isTrusted: Bool { get }

    /// The next request to make; nil where no more may be under way now, or nothing is left to ask for. `isAhead`: enough
    /// waits to be kept, so that nothing is asked for that may bring nothing.
    mutating func next(isAhead: Bool) -> Fetcher.Request?
    /// Takes an answer; nil where it brings nothing to compare. Throws where it cannot be true: then no page may be used that
    /// was not taken before.
    mutating func take(_ answer: Fetcher.Answer) throws -> Taken?

    /// Gives away about half of what is left and not under way; it is not listed here then.
    mutating func giveAway() -> [KeyInterval]
    /// About how many objects are left; nil where nobody can tell.
    mutating func objectsLeft() -> Int?
    /// Nobody wanted what was given away.
    mutating func takeBack(_ intervals: [KeyInterval])
}

/// Makes the requests of a page source; many may be under way at once.
protocol PageFetcher: Sendable {
    associatedtype Request: Sendable
    associatedtype Answer: Sendable

    /// Makes a request.
    func fetch(_ request: Request) async throws -> Answer
}

/// What an answer brought.
struct Taken: Sendable {
    /// Strictly ascending by key bytes.
    var objects: [ObjectSummary]
    /// There are no other keys in this stretch than those of `objects`.
    var covered: KeyInterval
    /// What it adds to the totals, but for what a comparison tells.
    var counters: RebuildCounters
}

/// Thrown where a bucket does not list from any key on as it should: it must be listed page after page.
struct ListsPageByPage: Error, Sendable {
    /// What was seen.
    var reason: String
}

extension PageSource {
    var canBeShared: Bool { false }
    var isTrusted: Bool { false }
    mutating func giveAway() -> [KeyInterval] { [] }
    mutating func objectsLeft() -> Int? { nil }
    mutating func takeBack(_ intervals: [KeyInterval]) {}
}
