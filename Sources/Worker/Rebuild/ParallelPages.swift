import Core

/// Lists many stretches of a bucket at once, as `ListingPlan` cuts it, with as many requests under way as the server bears.
///
/// Before there is more than one, it is made sure that the bucket lists from any key on: behind one that exists and behind
/// one that does not. Another answer than expected may come of a write meanwhile: then it is tried again, with what it tells.
struct ParallelPages: PageSource {
    /// What is asked for.
    enum Request: Sendable {
        case page(ListingPlan.Request)
        case probe(after: ObjectKey)

        var after: ObjectKey? {
            switch self {
            case .page(let request): request.after
            case .probe(let after): after
            }
        }
    }

    private enum Probe {
        case notYet
        case underWay(StartAfterProbe, unanswered: Set<ObjectKey>)
        case passed
    }

    let fetcher: HedgedFetcher
    let canBeShared = true
    private let bucket: String
    private var plan: ListingPlan
    private var window: ListingWindow
    private var probe = Probe.notYet
    private var probesToSend: [ObjectKey] = []
    private var probesFailed = 0
    private var rangesCounted = 0
    private var objectsTaken = 0
    /// How often in a row the store had no capacity for what was sent after it had refused the last time, and when that was.
    private var refusals = 0
    private var refusedAt: Duration?
    /// What requests cost that brought no page.
    private var overhead = RebuildCounters()

    /// Lists these stretches of the keys that start with `prefix`, `limit` keys a page, with `concurrency` requests under way
    /// at most. `seed` settles what is left to chance. `isTrusted`: it is known already that the bucket lists from any key on.
    init(
        store: any ObjectStore, prefix: String, intervals: [KeyInterval], limit: Int, concurrency: Int, seed: UInt64,
        isTrusted: Bool = false
    ) {
        if isTrusted { probe = .passed }
        fetcher = HedgedFetcher(store: store, prefix: prefix, limit: limit)
        bucket = store.bucket
        plan = ListingPlan(prefix: prefix, rest: intervals, concurrency: 1, seed: seed)
        window = ListingWindow(maximum: concurrency)
    }

    var isTrusted: Bool {
        if case .passed = probe { true } else { false }
    }

    mutating func next(isAhead: Bool) -> Request? {
        if let after = probesToSend.popLast() { return .probe(after: after) }
        if case .passed = probe { plan.concurrency = window.size }
        plan.mayGuess = !isAhead
        return plan.next().map(Request.page)
    }

    mutating func take(_ answer: HedgedFetcher.Answer) throws -> Taken? {
        let page: ListingPage
        switch answer.page {
        case .success(let answered):
            page = answered
        case .failure(let error):
            try takeRefusal(of: answer, error)
            return nil
        }
        refusals = 0
        refusedAt = nil
        window.answered(sentAt: answer.sentAt, throttled: page.throttles > 0, at: answer.answeredAt)
        var counters = RebuildCounters()
        counters.pages = 1
        counters.retries = page.retries + (answer.wasHedged ? 1 : 0)
        switch answer.request {
        case .probe(let after):
            counters.wastedPages = 1
            overhead.add(counters)
            try takeProbe(page, after: after)
            return nil
        case .page(let request):
            return try takePage(page, of: request, counters)
        }
    }

    /// Asks again, with fewer requests under way. Throws `error` where that has been refused too, again and again.
    private mutating func takeRefusal(of answer: HedgedFetcher.Answer, _ error: StoreError) throws {
        if refusedAt.map({ answer.sentAt >= $0 }) ?? true {
            refusals += 1
            refusedAt = answer.answeredAt
        }
        guard refusals < Self.mostRefusals else { throw error }
        window.answered(sentAt: answer.sentAt, throttled: true, at: answer.answeredAt)
        overhead.retries += 1
        switch answer.request {
        case .page(let request): plan.retry(request)
        case .probe(let after): probesToSend.append(after)
        }
    }
    private static let mostRefusals = 4

    private mutating func takeProbe(_ page: ListingPage, after: ObjectKey) throws {
        try requireBehind(after, page)
        // Or else it is of one that has failed.
        guard case .underWay(let expected, var unanswered) = probe, unanswered.remove(after) != nil else { return }
        guard expected.accepts(page.objects.first?.key) else {
            probesFailed += 1
            probe = .notYet
            probesToSend = []
            // At once: everything may have been listed, so that no page is left to make another of.
            if probesFailed < Self.mostProbes { prepareProbe([after] + page.objects.map(\.key)) }
            try distrustIfUntold()
            return
        }
        probe = unanswered.isEmpty ? .passed : .underWay(expected, unanswered: unanswered)
    }

    /// Throws where probes have failed again and again, or have failed and there is nothing left to make another of.
    private func distrustIfUntold() throws {
        guard case .notYet = probe, probesFailed > 0, probesFailed >= Self.mostProbes || plan.isFinished else { return }
        throw ListsPageByPage(reason: "a page that was asked for behind a key did not begin with the next one")
    }
    private static let mostProbes = 3

    private mutating func takePage(
        _ page: ListingPage, of request: ListingPlan.Request, _ counters: RebuildCounters
    ) throws -> Taken? {
        try requireBehind(request.after, page)
        let keys = page.objects.lazy.map(\.key)
        guard let accepted = plan.accept(keys, hasMore: page.next != nil, of: request) else { return nil }
        if case .notYet = probe, page.next != nil { prepareProbe(keys) }
        try distrustIfUntold()

        var counters = counters
        counters.add(overhead)
        overhead = RebuildCounters()
        counters.wastedPages += accepted.count == 0 && request.isGuess ? 1 : 0
        counters.ranges = plan.spansMade - rangesCounted
        rangesCounted = plan.spansMade
        objectsTaken += accepted.count
        return Taken(
            objects: Array(page.objects.prefix(accepted.count)), covered: accepted.covered, counters: counters)
    }

    private func requireBehind(_ after: ObjectKey?, _ page: ListingPage) throws {
        if let after, let first = page.objects.first, first.key <= after {
            throw ListsPageByPage(reason: "a page that was asked for behind a key began before it")
        }
        var check = ListingCheck(bucket: bucket, prefix: plan.prefix, after: after)
        try check.accept(page)
    }

    /// While no page has keys to make a probe of, the bucket is listed page after page.
    private mutating func prepareProbe(_ keys: some RandomAccessCollection<ObjectKey>) {
        guard let made = StartAfterProbe(keys: keys, prefix: plan.prefix) else { return }
        guard let madeUp = made.madeUp else { return }
        probesToSend = [made.existing, madeUp]
        probe = .underWay(made, unanswered: Set(probesToSend))
    }

    mutating func giveAway() -> [KeyInterval] {
        isTrusted ? plan.giveAway() : []
    }

    mutating func objectsLeft() -> Int? {
        guard let pages = plan.pagesLeft(), plan.usefulPages > 0, pages < 1e9 else { return nil }
        return Int(pages * Double(objectsTaken) / Double(plan.usefulPages))
    }

    mutating func takeBack(_ intervals: [KeyInterval]) { plan.add(intervals) }
}
