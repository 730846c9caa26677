import Core

/// Compares listed pages with the cache, and keeps what differs.
struct SliceKeeper: Sendable {
    let caches: any CacheStore
    let job: Job
    let plan: RebuildPlan
    /// The cache's prefix, which is no part of filenames.
    let cachePrefix: String
    /// How many rows, and how many changes, are in memory at once, about.
    let limit: Int
    /// The time spent on the listing, in seconds, earlier attempts included.
    let seconds: @Sendable () -> Double
    /// Told while a slice takes long.
    let progress: ProgressReporter

    /// A page that is not compared to its end.
    private struct Open {
        var objects: ArraySlice<ObjectSummary>
        var covered: KeyInterval
    }

    /// Compares pages, in any order, and keeps them as the slice of this number. However large it is, progress is reported
    /// meanwhile.
    func keep(_ pages: [ListedPage], asSlice number: Int32) async throws -> KeptSlice? {
        try await progress.reportingAlive { try await compareAndKeep(pages, asSlice: number) }
    }

    private func compareAndKeep(_ pages: [ListedPage], asSlice number: Int32) async throws -> KeptSlice? {
        guard let fence = pages.min(by: { $0.fence.number < $1.fence.number })?.fence.fence else { return nil }
        var counters = RebuildCounters()
        for page in pages { counters.add(page.counters) }
        counters.listed += pages.reduce(0) { $0 + $1.objects.count }
        let ordered = pages.sorted { $0.covered.begins(before: $1.covered) }
        var difference = CacheDiff(keepsUnlisted: plan.keepsUnlisted)
        var isDirect = plan.isDirect
        var open = ordered.map { Open(objects: $0.objects[...], covered: filenames($0.covered)) }[...]
        while !open.isEmpty {
            let found = try await caches.rows(
                of: plan.cacheID, in: open.map { range($0.covered) }, asOf: plan.asOf, limit: limit)
            isDirect = isDirect && found.parts.allSatisfy(\.isEmpty)
            compare(&open, found, &difference)
            if !open.isEmpty, difference.count >= limit {
                // Far more rows than objects: those of a bucket that was emptied, say.
                isDirect = false
                try await caches.stage(
                    difference, prefixLength: prefixLength, ofSlice: number, for: job, of: plan)
                counters.add(difference)
                difference = CacheDiff(keepsUnlisted: plan.keepsUnlisted)
            }
        }
        counters.add(difference)
        return try await caches.keep(
            ComparedSlice(
                number: number, fence: fence, covered: joined(ordered.map { filenames($0.covered) }),
                difference: difference, prefixLength: prefixLength, isDirect: isDirect, counters: counters,
                seconds: seconds()),
            for: job, of: plan)
    }

    private var prefixLength: Int { cachePrefix.utf8.count }

    private func compare(_ open: inout ArraySlice<Open>, _ found: CachedRows, _ difference: inout CacheDiff) {
        let cut = found.isComplete ? nil : found.parts.indices.last
        for (index, rows) in found.parts.enumerated() {
            guard var page = open.first else { return }
            if index == cut, let last = rows.last?.filename {
                let key = ObjectKey(cachePrefix + last.string)
                let end = page.objects.firstIndex { $0.key > key } ?? page.objects.endIndex
                difference.compare(listed: page.objects[..<end], cached: rows[...], prefixLength: prefixLength)
                page.objects = page.objects[end...]
                page.covered.after = last
                open[open.startIndex] = page
            } else {
                difference.compare(listed: page.objects, cached: rows[...], prefixLength: prefixLength)
                open.removeFirst()
            }
        }
    }

    private func range(_ covered: KeyInterval) -> KeyRange {
        KeyRange(prefix: plan.prefix, after: covered.after, upto: covered.upto)
    }

    private func filenames(_ keys: KeyInterval) -> KeyInterval {
        KeyInterval(
            after: keys.after?.dropping(prefixOfLength: prefixLength),
            upto: keys.upto?.dropping(prefixOfLength: prefixLength))
    }

    /// The same stretches with neighbours made one, and without those that no key can belong to; they are in order.
    private func joined(_ intervals: [KeyInterval]) -> [KeyInterval] {
        intervals.reduce(into: []) { joined, interval in
            if interval.isEmpty { return }
            if let last = joined.last?.upto, last == interval.after {
                joined[joined.endIndex - 1].upto = interval.upto
            } else {
                joined.append(interval)
            }
        }
    }
}
