package import Core

/// A worker process: claims jobs, runs a bounded number of them at once, and keeps its lease.
///
/// Claims that were not ended when the process stops are handed back; when it dies, its lease ends and others rescue them.
/// Correctness never rests on this type: every write for a job shows the claim's fencing token.
package struct Runner: Sendable {
    private let jobs: any JobStore
    private let urls: any URLStore
    private let publisher: SigningKeyPublisher
    private let handlers: [JobKind: any JobHandler]
    private let configurations: ClaimedConfigurations?
    private let leftovers: LeftoverUploads?
    private let memory: MemoryGate?
    private let places: LentPlaces?
    private let endedCopies: EndedCopies?
    private let giveBackMemory: @Sendable (_ isIdle: Bool) async -> Void
    private let wakes: any WakeSource
    private let announcement: WorkerAnnouncement
    private let settings: WorkerSettings
    private let observe: Observe
    private let storeName: String
    private let hints: HintTaker
    private let doorbell = Doorbell()
    /// Rung where a heartbeat is wanted at once.
    private let heartBell = Doorbell()
    private let ears = Ears()
    /// When a cancellation was heard.
    private let cancellations = Pulse()
    private let drain = DrainSwitch()

    /// A worker that is not running yet. `storeName` says in its first observation where objects are. Without `leftovers`
    /// it aborts none, without `endedCopies` it deletes none. Jobs that wait at `memory`, and those whose `places` are lent, both of
    /// which the handlers share, leave their places to others. Without `configurations`, which the handlers share as well, each job
    /// reads its cache's settings itself. `giveBackMemory` is called some time after jobs have ended, and told whether none runs any more.
    package init(
        jobs: any JobStore, urls: any URLStore, publisher: SigningKeyPublisher, handlers: [JobKind: any JobHandler],
        configurations: ClaimedConfigurations? = nil, leftovers: LeftoverUploads? = nil,
        endedCopies: EndedCopies? = nil, memory: MemoryGate? = nil, places: LentPlaces? = nil,
        giveBackMemory: @escaping @Sendable (_ isIdle: Bool) async -> Void = { _ in },
        wakes: any WakeSource,
        announcement: WorkerAnnouncement,
        settings: WorkerSettings, storeName: String,
        observe: @escaping Observe
    ) {
        self.giveBackMemory = giveBackMemory
        self.jobs = jobs
        self.urls = urls
        self.publisher = publisher
        self.handlers = handlers
        self.configurations = configurations
        self.leftovers = leftovers
        self.memory = memory
        self.places = places
        self.endedCopies = endedCopies
        self.wakes = wakes
        self.announcement = announcement
        self.settings = settings
        self.storeName = storeName
        self.observe = observe
        hints = HintTaker(jobs: jobs, settings: settings, observe: observe)
    }

    /// Stops claiming; `run` returns when the running jobs have ended, or after the grace has been stopped and handed back.
    package func beginDraining() async {
        await drain.open()
        await doorbell.ring()
    }

    /// Runs jobs until `beginDraining`; with `once`, until nothing is queued and nothing runs. Throws only if the worker
    /// could not register at all. Cancellation stops everything at once and leaves handing back to the end of the lease.
    package func run(once: Bool = false) async throws {
        var worker = try await jobs.register(announcement)
        observe(.workerStarted(worker, store: storeName))
        while true {
            let outcome = await runRegistered(as: worker, once: once)
            guard case .givenUp = outcome else { break }
            observe(.workerGivenUp(worker))
            guard let anew = try await registerAgain() else { return }
            worker = anew
        }
        try? await jobs.unregister(worker)
        observe(.workerStopped(worker))
    }

    private enum Outcome: Sendable { case finished, givenUp }

    private func runRegistered(as worker: WorkerID, once: Bool) async -> Outcome {
        let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let running = RunningJobs {
            observe(.jobsRunning($0))
            change.yield()
        }
        let claims = Pulse()
        let renewed = Pulse()
        return await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await keepLease(of: worker, renewed, running, claims) }
            group.addTask { await watchLease(of: worker, renewed) }
            group.addTask {
                try? await wakes.run { await hear($0, as: worker) }
                return nil
            }
            if !announcement.runsPinnedOnly { addHousekeeping(to: &group, as: worker, once: once) }
            group.addTask {
                guard let memory else { return nil }
                for await _ in memory.shortages() { await doorbell.ring() }
                return nil
            }
            group.addTask {
                guard let places else { return nil }
                // Where there are places, nobody waits for one.
                for await _ in places.loans() where await running.count >= settings.concurrency {
                    await doorbell.ring()
                }
                return nil
            }
            group.addTask {
                await keepGivingBack(after: changes, of: running)
                return nil
            }
            group.addTask { await claimUntilDone(as: worker, running, claims, once: once) }
            var outcome: Outcome?
            while outcome == nil, let ended = await group.next() { outcome = ended }
            group.cancelAll()
            return outcome ?? .finished
        }
    }

    /// What workers do for all: they act on hints, forget what is old, and publish signing keys.
    private func addHousekeeping(to group: inout TaskGroup<Outcome?>, as worker: WorkerID, once: Bool) {
        group.addTask {
            await hints.run(as: worker)
            return nil
        }
        func prune(
            every interval: Duration, _ step: @escaping @Sendable (_ place: PruningPlace?) async throws -> Pruned
        ) {
            group.addTask {
                await keepPruning(every: interval) {
                    var place: PruningPlace?
                    repeat { place = try await step(place).next } while place != nil
                }
                return nil
            }
        }
        func prune(every interval: Duration, batch: Int, _ body: @escaping @Sendable (_ limit: Int) async throws -> Int)
        {
            group.addTask {
                await keepPruning(every: interval) { while try await body(batch) == batch {} }
                return nil
            }
        }
        prune(every: settings.pruneInterval) {
            try await jobs.pruneHistory(olderThan: settings.historyKept, limit: settings.pruneBatch, from: $0)
        }
        prune(every: settings.pruneInterval) {
            try await jobs.pruneTombstones(limit: settings.pruneBatch, from: $0)
        }
        prune(every: settings.pruneInterval) {
            try await jobs.pruneFetchFailures(limit: settings.pruneBatch, from: $0)
        }
        prune(every: settings.listingPruneInterval) {
            try await jobs.pruneListings(limit: settings.listingPruneBatch, from: $0)
        }
        prune(every: settings.contentPruneInterval) {
            try await jobs.pruneContent(limit: settings.contentPruneBatch, from: $0)
        }
        prune(every: settings.presignedPruneInterval) {
            try await urls.prunePresigned(limit: settings.presignedPruneBatch, from: $0)
        }
        // These look at all there is themselves.
        if let leftovers {
            prune(every: settings.leftoverInterval, batch: settings.leftoverBatch) { batch in
                _ = try await leftovers.abort(batch: batch)
                return 0
            }
        }
        if let endedCopies {
            prune(every: settings.copyInterval, batch: settings.copyBatch) { batch in
                try await endedCopies.remove(batch: batch)
                return 0
            }
        }
        group.addTask {
            // With `once` the first look is the claimer's.
            await publisher.run(pausingFirst: once)
            return nil
        }
    }

    /// Nil if the worker is to leave instead.
    private func registerAgain() async throws -> WorkerID? {
        while await !drain.isOpen {
            do {
                return try await jobs.register(announcement)
            } catch {
                observe(.databaseUnavailable("\(error)"))
                await doorbell.wait(atMost: .seconds(1))
                try Task.checkCancellation()
            }
        }
        return nil
    }

    private func hear(_ wake: Wake, as worker: WorkerID) async {
        switch wake {
        case .listening, .deaf:
            let hears = wake == .listening
            await ears.set(hears)
            // Unknown to the store, it takes no hints, or takes them in vain: neither loses anything.
            if !announcement.runsPinnedOnly { try? await jobs.setListening(worker, hears) }
            await doorbell.ring()
        case .work: await doorbell.ring()
        case .cancellation:
            cancellations.beat()
            await heartBell.ring()
        case .hint(let text): await hints.hear(text)
        }
    }

    /// Sends heartbeats, as long as the loop that claims moves; stops jobs that are to be stopped.
    private func keepLease(
        of worker: WorkerID, _ renewed: Pulse, _ running: RunningJobs, _ claims: Pulse
    ) async -> Outcome? {
        while !Task.isCancelled {
            // Who runs nothing has nothing to lose and needs no orders: a third as many will do.
            if await running.count == 0, ContinuousClock.now < renewed.lastBeat + settings.lease * 5 / 12 {
                await heartBell.wait(atMost: settings.lease / 6)
                continue
            }
            if ContinuousClock.now - claims.lastBeat > settings.lease + settings.pollInterval * 2 {
                observe(.workerStandsStill(worker))
                return .givenUp
            }
            let sent = ContinuousClock.now
            do {
                let unwanted = try await before(sent + settings.lease / 4) {
                    try await jobs.heartbeat(worker, draining: await drain.isOpen, running: await running.ids)
                }
                renewed.beat(at: sent)
                await running.cancel(unwanted)
            } catch is WorkerGivenUp {
                return .givenUp
            } catch {
                if Task.isCancelled { return nil }
                observe(.heartbeatFailed("\(error)"))
            }
            await heartBell.wait(atMost: settings.lease / 6)
        }
        return nil
    }

    /// Ends as given up well before the lease does where no heartbeat arrives: whoever cancels the jobs then aborts what they
    /// do to buckets before another worker can do the same. Waits for no heartbeat: one on a connection that fell silent
    /// takes longer to be given up than the lease lasts.
    private func watchLease(of worker: WorkerID, _ renewed: Pulse) async -> Outcome? {
        while !Task.isCancelled {
            let end = renewed.lastBeat + settings.lease * 3 / 4
            if ContinuousClock.now >= end {
                observe(.leaseRunsOut(worker))
                return .givenUp
            }
            try? await Task.sleep(until: end)
        }
        return nil
    }

    /// Runs `body`, and cancels it at the deadline.
    private func before<Result: Sendable>(
        _ deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(until: deadline)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    /// What jobs have freed is given back to the system, so that no object's bytes stay in a process that is idle.
    private func keepGivingBack(after changes: AsyncStream<Void>, of running: RunningJobs) async {
        for await _ in changes {
            try? await Task.sleep(for: settings.givingBackDelay)
            if Task.isCancelled { return }
            await giveBackMemory(await running.count == 0)
        }
    }

    /// Forgets what is old, now and then, in batches.
    private func keepPruning(every interval: Duration, _ prune: () async throws -> Void) async {
        while !Task.isCancelled {
            do {
                try await prune()
            } catch {
                if Task.isCancelled { return }
                observe(.databaseUnavailable("\(error)"))
            }
            try? await Task.sleep(for: interval)
        }
    }

    private func claimUntilDone(
        as worker: WorkerID, _ running: RunningJobs, _ claims: Pulse, once: Bool
    ) async -> Outcome? {
        // Whoever runs what is queued and leaves has published before.
        if once { await publisher.publish() }
        // Discarding: whatever ends is forgotten, however many jobs there are in the worker's life.
        return await withDiscardingTaskGroup { group in
            var emptyClaims = 0
            var failedClaims = 0
            var due = DueWatch()
            var ended = 0
            // Whether the last claim gave as many as were asked for; and until when more places are waited for then.
            var isMoreCertain = false
            var gatheredBy: ContinuousClock.Instant?
            while !Task.isCancelled, await !drain.isOpen {
                claims.beat()
                let endedNow = await running.ended
                if endedNow != ended { due.forget() }
                ended = endedNow
                let count = await running.count
                // Afterwards: whoever ended in between gives no place twice.
                let waiting = (memory?.waitingCount ?? 0) + (places?.count ?? 0)
                let free = settings.freePlaces(running: count, waiting: waiting)
                if free == 0 {
                    await doorbell.wait(atMost: settings.pollInterval)
                    continue
                }
                if isMoreCertain, free < settings.claimedTogether {
                    let limit = gatheredBy ?? .now + settings.gatherTime
                    gatheredBy = limit
                    if ContinuousClock.now < limit {
                        await doorbell.wait(atMost: limit - .now)
                        continue
                    }
                }
                gatheredBy = nil
                let asked = ContinuousClock.now
                do {
                    let claimed = try await jobs.claim(
                        for: worker, limit: free, longLimit: settings.longJobs - (await running.longCount), park: true,
                        running: await running.ids)
                    if !claimed.isEmpty { observe(.jobsClaimed(claimed.count)) }
                    await configurations?.read(for: claimed)
                    for job in claimed {
                        await running.add(job)
                        group.addTask {
                            await run(job, running)
                            configurations?.forget(job)
                            await running.remove(job)
                            await doorbell.ring()
                        }
                    }
                    // Of these jobs one may be meant, which the heartbeat did not know then.
                    if !claimed.isEmpty, cancellations.lastBeat >= asked { await heartBell.ring() }
                    failedClaims = 0
                    emptyClaims = claimed.isEmpty ? min(emptyClaims + 1, 100) : 0
                    if once, claimed.isEmpty, await running.count == 0 { return .finished }
                    // Fewer than asked for: nothing else is to be claimed, and enqueueing rings from now on.
                    isMoreCertain = claimed.count == free
                    if isMoreCertain { continue }
                    if claimed.isEmpty, due.isUnknown(at: .now), due.learn(try await jobs.nextDue(), at: .now) {
                        emptyClaims = 1
                    }
                } catch is WorkerGivenUp {
                    group.cancelAll()
                    return .givenUp
                } catch {
                    if Task.isCancelled { break }
                    observe(.databaseUnavailable("\(error)"))
                    failedClaims += 1
                    isMoreCertain = false
                    // What happened meanwhile was not heard either.
                    due.forget()
                    emptyClaims = 0
                    await doorbell.wait(
                        atMost: settings.failureDelay(afterFailures: failedClaims) * Double.random(in: 0.5...1))
                    continue
                }
                let delay = settings.pollDelay(
                    afterEmptyClaims: max(emptyClaims - 1, 0), isDeaf: await !ears.hear)
                await doorbell.wait(atMost: due.delay(at: .now, longest: jittered(delay)))
            }
            await drainRunning(running, claims)
            group.cancelAll()
            return .finished
        }
    }

    /// Lets running jobs end, for the grace at most; what still runs then is cancelled by the caller and handed back.
    private func drainRunning(_ running: RunningJobs, _ claims: Pulse) async {
        observe(.workerDraining(running: await running.count))
        let deadline = ContinuousClock.now + settings.grace
        while await running.count > 0, ContinuousClock.now < deadline, !Task.isCancelled {
            claims.beat()
            await doorbell.wait(atMost: min(deadline - .now, settings.pollInterval))
        }
    }

    private func run(_ job: Job, _ running: RunningJobs) async {
        observe(.jobStarted(job))
        let started = ContinuousClock.now
        do {
            try await perform(job, until: await running.cancellation(of: job))
            observe(.jobDone(job, seconds: started.elapsedSeconds))
        } catch {
            await end(
                job, after: error, wasUnwanted: await running.isUnwanted(job), seconds: started.elapsedSeconds)
        }
    }

    /// Runs the job's handler; stops it when `cancellation` says so.
    private func perform(_ job: Job, until cancellation: AsyncStream<Void>) async throws {
        guard let handler = handlers[job.kind] else {
            throw JobFailure(
                code: "unknown_kind",
                message: "This worker (version \(announcement.version)) does not know jobs of kind "
                    + "\(job.kind.rawValue); run a worker of the version that the database has.",
                isRetryable: true)
        }
        let outcome = await withTaskGroup(of: Result<Void, any Error>?.self) { group in
            group.addTask {
                do {
                    return .success(try await handler.run(job))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                for await _ in cancellation { break }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            // What was stopped may have been done before it noticed: a heartbeat also finds those unwanted whose end is just being told.
            return if let first { first } else { await group.next() ?? nil }
        }
        try outcome?.get()
    }

    private func end(_ job: Job, after error: any Error, wasUnwanted: Bool, seconds: Double) async {
        do {
            if wasUnwanted || error is ClaimLost {
                // A job that was to be cancelled loses its claim, and may notice that before the heartbeat tells.
                observe(try await jobs.cancel(job) ? .jobCancelled(job, seconds: seconds) : .claimLost(job))
            } else if Task.isCancelled || error is CancellationError {
                // The worker stops: unregistering hands the job back.
                observe(.jobHandedBack(job, seconds: seconds))
            } else {
                let failure = JobFailure(from: error)
                observe(.jobFailed(job, failure, seconds: seconds))
                if try await !jobs.fail(job, failure) { observe(.claimLost(job)) }
            }
        } catch {
            // The claim stays until the next call of `claim`, which tells the store that the job does not run here.
            observe(.databaseUnavailable("\(error)"))
        }
    }

    private func jittered(_ delay: Duration) -> Duration { delay * Double.random(in: 0.8...1.2) }
}
