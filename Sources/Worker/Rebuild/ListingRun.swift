import Core

/// Lists what a page source says, and keeps what differs from the cache: one event after another, with pages asked for and
/// slices compared and kept beside.
///
/// Memory is bounded by the requests under way, the pages that wait, and the slices that are compared.
struct ListingRun: Sendable {
    let keeper: SliceKeeper
    let settings: WorkerSettings
    /// The part of a key that is no filename.
    let cachePrefixLength: Int
    /// Told after each slice how many objects all workers have listed, and about how many are left here.
    let report: @Sendable (_ listed: Int, _ left: Int?) async throws -> Void
    /// Called now and then while there is enough to list for several workers.
    let invite: @Sendable () async throws -> Void

    private enum Event<Answer: Sendable>: Sendable {
        case answered(Answer, NumberedFence)
        case failed(any Error)
        case kept(KeptSlice?)
    }

    /// Lists to the end. `nextSlice` is the number of the first slice, and then that of the next run's.
    ///
    /// Throws what a request threw after everything that was listed before has been kept.
    func run<Source: PageSource>(_ source: Source, nextSlice: inout Int32) async throws {
        var source = source
        var pending = PendingPages(sliceSize: settings.sliceSize)
        var keeps = 0
        var requests = 0
        var failure: (any Error)?
        var fence: NumberedFence?
        var fencedAt = ContinuousClock.now
        var invitedAt: ContinuousClock.Instant?

        try await withThrowingTaskGroup(of: Event<Source.Fetcher.Answer>.self) { group in
            while true {
                while keeps < settings.slicesAtOnce, let batch = pending.takeSlice() {
                    let number = nextSlice
                    nextSlice += 1
                    keeps += 1
                    group.addTask { .kept(try await keeper.keep(batch, asSlice: number)) }
                }
                while failure == nil, !pending.isFull, let request = source.next() {
                    // Before the page is asked for: whatever is written to the cache from here on is newer than the page.
                    let asOf: NumberedFence
                    if let fence, ContinuousClock.now - fencedAt <= settings.fenceAge {
                        asOf = fence
                    } else {
                        fencedAt = .now
                        asOf = NumberedFence(number: (fence?.number ?? 0) + 1, fence: try await keeper.caches.fence())
                        fence = asOf
                    }
                    requests += 1
                    let fetcher = source.fetcher
                    group.addTask {
                        do {
                            return .answered(try await fetcher.fetch(request), asOf)
                        } catch {
                            return .failed(error)
                        }
                    }
                }
                // What a failed listing has brought before is kept: the next attempt goes on behind it.
                if keeps == 0, failure != nil || requests == 0 { break }
                switch try await group.next() {
                case .answered(let answer, let fence):
                    requests -= 1
                    guard failure == nil else { break }
                    do {
                        if let taken = try source.take(answer) { pending.add(page(taken, fence)) }
                    } catch {
                        failure = error
                    }
                case .failed(let error):
                    requests -= 1
                    failure = failure ?? error
                case .kept(let kept):
                    keeps -= 1
                    guard let kept else { break }
                    try await report(kept.listed, source.objectsLeft())
                    if kept.isWanted, failure == nil { try await handOver(&source) }
                    if source.canBeShared, kept.listed >= settings.sharedFrom, requests > 0,
                        invitedAt.map({ ContinuousClock.now - $0 > settings.inviteInterval }) ?? true
                    {
                        invitedAt = .now
                        try await invite()
                    }
                case nil:
                    break
                }
            }
            group.cancelAll()
        }
        if let failure { throw failure }
    }

    private func page(_ taken: Taken, _ fence: NumberedFence) -> ListedPage {
        var objects = taken.objects
        // The folder marker: an object named as the cache's prefix, which leaves nothing for a filename.
        if objects.first?.key.length == cachePrefixLength { objects.removeFirst() }
        return ListedPage(objects: objects, covered: taken.covered, fence: fence, counters: taken.counters)
    }

    private func handOver<Source: PageSource>(_ source: inout Source) async throws {
        let given = source.giveAway()
        guard !given.isEmpty else { return }
        let ranges = given.map { keys in
            KeyInterval(
                after: keys.after?.dropping(prefixOfLength: cachePrefixLength),
                upto: keys.upto?.dropping(prefixOfLength: cachePrefixLength))
        }
        if try await !keeper.caches.handOver(ranges, for: keeper.job) { source.takeBack(given) }
    }
}
