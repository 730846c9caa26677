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
    /// Told after each slice, and while one is being listed, how many objects all workers have listed, and about how many are
    /// left.
    let report: @Sendable (_ listed: Int, _ left: Int?) async throws -> Void
    /// Called now and then while there is enough to list for several workers.
    let invite: @Sendable () async throws -> Void
    /// Called once the source has made sure that the bucket lists from any key on.
    let trust: @Sendable () async throws -> Void

    private enum Event<Answer: Sendable>: Sendable {
        case answered(Answer, NumberedFence)
        case failed(any Error)
        case kept(KeptSlice?, objects: Int)
    }

    /// Lists `source` to its end. `nextSlice` is the number of the first slice, and then that of the next run's; `progress`
    /// goes on from run to run.
    ///
    /// Throws what a request threw after everything that was listed before has been kept.
    func run<Source: PageSource>(
        _ source: inout Source, nextSlice: inout Int32, progress: inout ListingProgress
    ) async throws {
        var pending = PendingPages(sliceSize: settings.sliceSize)
        var wasTrusted = source.isTrusted
        var reportedAt = ContinuousClock.now
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
                    group.addTask {
                        .kept(
                            try await keeper.keep(batch, asSlice: number),
                            objects: batch.reduce(0) { $0 + $1.objects.count })
                    }
                }
                if source.isTrusted, !wasTrusted {
                    wasTrusted = true
                    try await trust()
                }
                while failure == nil, !pending.isFull, let request = source.next(isAhead: pending.isAhead) {
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
                        if let taken = try source.take(answer) {
                            let page = page(taken, fence)
                            progress.took(page.objects.count)
                            pending.add(page)
                        }
                    } catch {
                        failure = error
                    }
                    if ContinuousClock.now - reportedAt >= settings.progressInterval {
                        reportedAt = .now
                        try await report(progress.done, source.objectsLeft().map(progress.left(here:)))
                    }
                case .failed(let error):
                    requests -= 1
                    failure = failure ?? error
                case .kept(let kept, let objects):
                    keeps -= 1
                    guard let kept else { break }
                    progress.kept(objects, listed: kept.listed)
                    reportedAt = .now
                    try await report(progress.done, source.objectsLeft().map(progress.left(here:)))
                    if kept.isWanted, failure == nil { progress.gave(try await handOver(&source)) }
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

    /// Gives about how many objects went to another worker.
    private func handOver<Source: PageSource>(_ source: inout Source) async throws -> Int {
        let before = source.objectsLeft() ?? 0
        let given = source.giveAway()
        guard !given.isEmpty else { return 0 }
        let ranges = given.map { keys in
            KeyInterval(
                after: keys.after?.dropping(prefixOfLength: cachePrefixLength),
                upto: keys.upto?.dropping(prefixOfLength: cachePrefixLength))
        }
        guard try await keeper.caches.handOver(ranges, for: keeper.job) else {
            source.takeBack(given)
            return 0
        }
        return before - (source.objectsLeft() ?? 0)
    }
}
