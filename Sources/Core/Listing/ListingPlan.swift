/// Lists a flat key space with many requests at once, though nobody knows how the keys are spread: a state machine
/// without IO.
///
/// The key space is cut into spans; each is listed page by page from its cursor on. While there are fewer spans than
/// requests allowed, one is cut in two where the pages seen so far make more keys likely: such a guess is a real request, so
/// that a right one has wasted nothing. What was accepted and the spans that are left are together the whole key space, and
/// disjoint, at any moment: so a key that is there all along is accepted exactly once, whatever is written meanwhile.
public struct ListingPlan: Sendable {
    /// A request that is to be made: the page behind `after`.
    public struct Request: Hashable, Sendable {
        /// The span's.
        public let span: Int
        /// The first key that is wanted is the first greater than this one; nil: the first of the prefix.
        public let after: ObjectKey?
        /// A guess: what it asks for may be empty.
        public let isGuess: Bool
    }

    /// What became of a page.
    public struct Accepted: Hashable, Sendable {
        /// So many of its keys, from the first on, belong to the span; the others are another span's.
        public let count: Int
        /// What the page listed: behind the request's `after`, through the last of those keys or, where the span is done,
        /// through its end. All that a plan ever covers is disjoint and, together, what it was to list.
        public let covered: KeyInterval
        /// The span has been listed to its end.
        public let isLast: Bool
    }

    /// Only keys that start with it are listed.
    public let prefix: String
    /// How many requests may be under way; may change at any time.
    public var concurrency: Int
    /// Whether a request may be a guess, which may bring nothing; may change at any time. Without guesses fewer requests
    /// than allowed may be under way.
    public var mayGuess = true
    /// Requests that brought keys, and those that did not.
    public private(set) var usefulPages = 0
    /// Requests whose page held no key of their span.
    public private(set) var wastedPages = 0
    private var spans: [Int: KeySpan] = [:]
    private var ready: [Int] = []
    private var leased = 0
    private var guessesUnderWay = 0
    private var nextID = 0
    /// Which part of the last guesses was right.
    private var hitRate = 1.0
    private var random: UInt64
    private var model = KeyModel()
    private var density = KeyDensity()

    /// A listing of `rest`, disjoint stretches of the keys of `prefix`: the whole of it, or what an earlier listing had left.
    /// `seed` settles what the plan leaves to chance.
    public init(prefix: String, rest: [KeyInterval] = [KeyInterval()], concurrency: Int, seed: UInt64) {
        self.prefix = prefix
        self.concurrency = concurrency
        self.random = seed
        add(rest.reversed())
    }

    /// Everything has been listed.
    public var isFinished: Bool { spans.isEmpty }

    /// What has not been accepted yet, in key order, the requests under way included.
    public var rest: [KeyInterval] { spans.values.map(\.interval).sorted { $0.begins(before: $1) } }

    /// How many spans there have been.
    public var spansMade: Int { nextID }

    /// How many requests are under way.
    public var requestsUnderWay: Int { leased }

    /// The next request to make; nil where as many are under way as may be, or nothing is left that another could do.
    public mutating func next() -> Request? {
        guard leased < concurrency else { return nil }
        if ready.isEmpty, concurrency > 1, mayGuess { cut() }
        guard let id = ready.popLast(), let span = spans[id] else { return nil }
        spans[id]?.isLeased = true
        leased += 1
        if span.isGuess { guessesUnderWay += 1 }
        return Request(span: id, after: span.cursor, isGuess: span.isGuess)
    }

    /// Takes the page that a request brought: its keys, strictly ascending and all behind `after`, and whether more follow.
    /// Nil if the request is not one that is under way (a second answer): nothing of the page is to be used.
    /// Nil too for a page that leads nowhere, empty or not behind `after`, though more is said to follow: the request is
    /// then to be made again.
    public mutating func accept(
        _ keys: some RandomAccessCollection<ObjectKey>, hasMore: Bool, of request: Request
    ) -> Accepted? {
        guard var span = lease(of: request) else { return nil }
        if hasMore {
            guard let last = keys.last, span.cursor.map({ $0 < last }) ?? true else {
                retry(request)
                return nil
            }
        }
        release(span)
        span.isLeased = false
        // The upper bound as it is now: it may have come down since the request was made.
        var count = keys.count
        if let upper = span.upper, let last = keys.last, last > upper { count = keys.offset { $0 > upper } }
        if count > 0 { usefulPages += 1 } else { wastedPages += 1 }
        if span.isGuess { hitRate += ((count > 0 ? 1 : 0) - hitRate) / 32 }
        learn(keys.prefix(count))
        if let place = span.guessedPlace { model.branches.learn(guessAt: place, isRight: count * 4 > keys.count) }
        let hasReachedUpper = span.upper.flatMap { upper in keys.last.map { $0 >= upper } } ?? false
        guard hasMore, !hasReachedUpper else {
            observe(span, pages: Double(count) / Double(max(keys.count, 1)))
            spans[span.id] = nil
            return Accepted(count: count, covered: span.interval, isLast: true)
        }
        let covered = KeyInterval(after: span.cursor, upto: keys.last)
        span.isGuess = false
        span.advance(past: keys, model: model)
        spans[span.id] = span
        ready.append(span.id)
        return Accepted(count: count, covered: covered, isLast: false)
    }

    /// A request failed, or was given up: it is to be made again.
    public mutating func retry(_ request: Request) {
        guard var span = lease(of: request) else { return }
        release(span)
        span.isLeased = false
        spans[span.id] = span
        ready.append(span.id)
    }

    /// Adds stretches to list, disjoint from each other and from what the plan has left: a finished one goes on.
    public mutating func add(_ intervals: [KeyInterval]) {
        for interval in intervals where !interval.isEmpty {
            let span = KeySpan(id: newID(), interval, density: density.asPrior)
            spans[span.id] = span
            ready.append(span.id)
        }
    }

    /// Leaves about half of what is likely left to somebody else: stretches that no request under way can bring, and that
    /// this plan no longer lists. Empty where there is nothing that could be parted.
    public mutating func giveAway() -> [KeyInterval] {
        var weights: [(id: Int, pages: Double)] = []
        for id in spans.keys.sorted() { weights.append((id, promise(of: id) ?? 1)) }
        weights.sort { $0.pages > $1.pages }
        let half = weights.reduce(0) { $0 + $1.pages } / 2
        var given: [KeyInterval] = []
        var sum = 0.0
        for (id, pages) in weights where sum < half {
            guard let span = spans[id] else { continue }
            if !span.isLeased, sum + pages <= half {
                spans[id] = nil
                given.append(span.interval)
                sum += pages
            } else if let other = split(id) {
                given.append(other.interval)
                sum += pages / 2
            } else if !span.isLeased, given.isEmpty, spans.count > 1 {
                spans[id] = nil
                given.append(span.interval)
                sum += pages
            }
        }
        ready.removeAll { spans[$0] == nil }
        return given.sorted { $0.begins(before: $1) }
    }

    /// About how many pages are left, as far as the keys seen so far tell; nil while they do not.
    public mutating func pagesLeft() -> Double? {
        var pages = 0.0
        var unknown = 0
        for id in Array(spans.keys) {
            guard var span = spans[id] else { continue }
            if let outlook = span.look(model) {
                pages += outlook.pages(span.density, atLeast: 0)
            } else {
                unknown += 1
            }
            spans[id] = span
        }
        return unknown * 2 <= spans.count ? pages + Double(unknown) : nil
    }

    private func lease(of request: Request) -> KeySpan? {
        guard let span = spans[request.span], span.isLeased, span.cursor == request.after else { return nil }
        return span
    }

    private mutating func release(_ span: KeySpan) {
        leased -= 1
        if span.isGuess { guessesUnderWay -= 1 }
    }

    private mutating func newID() -> Int {
        nextID += 1
        return nextID
    }

    /// Learns from a page of a span how keys look.
    private mutating func learn(_ keys: some RandomAccessCollection<ObjectKey>) {
        guard !keys.isEmpty else { return }
        if let last = keys.last { model.branches.insert(last) }
        let samples = usefulPages < Self.samplesAtFirst ? Self.samplesAtFirst : Self.samples
        let stride = max(1, keys.count / samples)
        for offset in Swift.stride(from: keys.count - 1, through: 0, by: -stride) {
            model.learn(keys[keys.index(keys.startIndex, offsetBy: offset)])
        }
    }
    private static let samplesAtFirst = 32
    private static let samples = 8

    /// A span has been listed to its end, `pages` after its cursor: whether that was to be expected.
    private mutating func observe(_ span: KeySpan, pages: Double) {
        if let first = span.firstPage {
            guard let upper = span.upper else { return }
            SpanOutlook(cursor: first.last, upper: upper, page: first, model: model)?.teach(
                &density, pages: Double(span.pagesSince) + pages)
        } else if let cursor = span.cursor {
            guard let page = span.page, let upper = span.upper else { return }
            let outlook = SpanOutlook(cursor: cursor, upper: upper, page: page, model: model)
            outlook?.teach(&density, pages: pages)
        }
    }

    /// Cuts the span of which most is expected, unless guesses have been wrong too often.
    private mutating func cut() {
        // As many guesses as are likely to be right of those there is room for, and a few more.
        if Double(guessesUnderWay) >= max(8, Double(concurrency) * min(1, hitRate * 2)) { return }
        var ids = candidates()
        while !ids.isEmpty {
            var best: (index: Int, promise: Double)?
            for (index, id) in ids.enumerated() {
                guard let promise = promise(of: id) else { continue }
                if promise > best?.promise ?? -1 { best = (index, promise) }
            }
            guard let best else { return }
            if let other = split(ids[best.index]) {
                spans[other.id] = other
                ready.append(other.id)
                return
            }
            // Much is expected of it, but nobody can tell where: the next best.
            ids.remove(at: best.index)
        }
    }

    /// About how many pages cutting a span would share out; nil: it is not worth it.
    private mutating func promise(of id: Int) -> Double? {
        guard var span = spans[id] else { return nil }
        defer { spans[id] = span }
        if span.cuts == nil, let outlook = span.look(model) {
            let pages = outlook.pages(span.density, atLeast: Double(span.fullPages) / 2)
            if pages >= 1.5 { return pages }
            // Where nothing is to be expected something may be all the same: as long as little was wasted, that is tried.
            guard span.fullPages > 2, wastedPages * 4 < usefulPages + 2 * concurrency else { return nil }
            return span.findCuts(model, prefix: prefix).isEmpty ? nil : min(1.4, Double(span.fullPages) / 8)
        }
        guard !span.findCuts(model, prefix: prefix).isEmpty else { return nil }
        var faith = 48.0
        for _ in 0..<min(span.guesses, 64) { faith *= 0.8 }
        return faith + 2 * Double(span.fullPages)
    }

    /// Cuts a span: the upper part, which is no longer listed; nil where it cannot be cut.
    private mutating func split(_ id: Int) -> KeySpan? {
        guard var span = spans[id] else { return nil }
        defer { spans[id] = span }
        if span.cuts == nil,
            let middle = span.look(model)?.middle(
                span.density, atLeast: Double(span.fullPages) / 2, page: span.page, model: model),
            span.cursor.map({ $0 < middle }) ?? true, span.upper.map({ middle < $0 }) ?? true
        {
            return span.split(at: middle, id: newID())
        }
        let cuts = span.findCuts(model, prefix: prefix)
        guard !cuts.isEmpty else { return nil }
        let middle = cuts.count / 2
        var other = span.split(at: cuts[middle], id: newID())
        other.cuts = Array(cuts[(middle + 1)...])
        other.page = nil
        other.density = density.asPrior
        span.cuts = Array(cuts[..<middle])
        return other
    }

    /// All spans or, where there are many, a sample: a cut costs the same however many there are.
    private mutating func candidates() -> [Int] {
        let ids = spans.keys.sorted()
        guard ids.count > 48 else { return ids }
        return (0..<48).map { _ in ids[Int(nextRandom() % UInt64(ids.count))] }
    }

    /// SplitMix64.
    private mutating func nextRandom() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
