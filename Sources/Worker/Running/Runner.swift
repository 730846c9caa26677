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
    private let wakes: any WakeSource
    private let announcement: WorkerAnnouncement
    private let settings: WorkerSettings
    private let observe: Observe
    private let storeName: String
    private let doorbell = Doorbell()
    private let drain = DrainSwitch()

    /// A worker that is not running yet. `storeName` says in its first observation where objects are.
    package init(
        jobs: any JobStore, urls: any URLStore, publisher: SigningKeyPublisher, handlers: [JobKind: any JobHandler],
        wakes: any WakeSource, announcement: WorkerAnnouncement, settings: WorkerSettings, storeName: String,
        observe: @escaping Observe
    ) {
        self.jobs = jobs
        self.urls = urls
        self.publisher = publisher
        self.handlers = handlers
        self.wakes = wakes
        self.announcement = announcement
        self.settings = settings
        self.storeName = storeName
        self.observe = observe
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
        let running = RunningJobs()
        return await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await keepLease(of: worker, running) }
            group.addTask {
                try? await wakes.run { await doorbell.ring() }
                return nil
            }
            group.addTask {
                await prune(every: settings.pruneInterval, batch: settings.pruneBatch) { limit in
                    try await jobs.pruneHistory(olderThan: settings.historyKept, limit: limit)
                }
                return nil
            }
            group.addTask {
                await prune(every: settings.contentPruneInterval, batch: settings.contentPruneBatch) { limit in
                    try await jobs.pruneContent(limit: limit)
                }
                return nil
            }
            group.addTask {
                await prune(every: settings.presignedPruneInterval, batch: settings.presignedPruneBatch) { limit in
                    try await urls.prunePresigned(limit: limit)
                }
                return nil
            }
            group.addTask {
                // With `once` the first look is the claimer's.
                await publisher.run(pausingFirst: once)
                return nil
            }
            group.addTask { await claimUntilDone(as: worker, running, once: once) }
            var outcome: Outcome?
            while outcome == nil, let ended = await group.next() { outcome = ended }
            group.cancelAll()
            return outcome ?? .finished
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

    /// Sends heartbeats until the worker is given up; stops jobs that are to be cancelled.
    private func keepLease(of worker: WorkerID, _ running: RunningJobs) async -> Outcome? {
        var lastSuccess = ContinuousClock.now
        while !Task.isCancelled {
            do {
                let unwanted = try await jobs.heartbeat(worker, draining: await drain.isOpen)
                lastSuccess = .now
                await running.cancel(unwanted)
            } catch is WorkerGivenUp {
                return .givenUp
            } catch {
                if Task.isCancelled { return nil }
                observe(.databaseUnavailable("\(error)"))
                if ContinuousClock.now - lastSuccess > settings.lease { return .givenUp }
            }
            try? await Task.sleep(for: settings.lease / 6)
        }
        return nil
    }

    /// Forgets what is old, now and then, in batches.
    private func prune(every interval: Duration, batch: Int, _ prune: (_ limit: Int) async throws -> Int) async {
        while !Task.isCancelled {
            do {
                while try await prune(batch) == batch {}
            } catch {
                if Task.isCancelled { return }
                observe(.databaseUnavailable("\(error)"))
            }
            try? await Task.sleep(for: interval)
        }
    }

    private func claimUntilDone(as worker: WorkerID, _ running: RunningJobs, once: Bool) async -> Outcome? {
        // Whoever runs what is queued and leaves has published before.
        if once { await publisher.publish() }
        return await withTaskGroup(of: Void.self) { group in
            var emptyClaims = 0
            while !Task.isCancelled, await !drain.isOpen {
                let free = settings.concurrency - (await running.count)
                if free == 0 {
                    await doorbell.wait(atMost: settings.pollInterval)
                    continue
                }
                do {
                    let claimed = try await jobs.claim(
                        for: worker, limit: free, park: true, running: await running.ids)
                    if !claimed.isEmpty { observe(.jobsClaimed(claimed.count)) }
                    for job in claimed {
                        await running.add(job)
                        group.addTask {
                            await run(job, running)
                            await running.remove(job)
                            await doorbell.ring()
                        }
                    }
                    emptyClaims = claimed.isEmpty ? min(emptyClaims + 1, 100) : 0
                    if once, claimed.isEmpty, await running.count == 0 { return .finished }
                    if !claimed.isEmpty { continue }
                } catch is WorkerGivenUp {
                    group.cancelAll()
                    return .givenUp
                } catch {
                    if Task.isCancelled { break }
                    observe(.databaseUnavailable("\(error)"))
                    emptyClaims = 100
                }
                await doorbell.wait(atMost: jittered(settings.pollDelay(afterEmptyClaims: max(emptyClaims - 1, 0))))
            }
            await drainRunning(running)
            group.cancelAll()
            return .finished
        }
    }

    /// Lets running jobs end, for the grace at most; what still runs then is cancelled by the caller and handed back.
    private func drainRunning(_ running: RunningJobs) async {
        observe(.workerDraining(running: await running.count))
        let deadline = ContinuousClock.now + settings.grace
        while await running.count > 0, ContinuousClock.now < deadline, !Task.isCancelled {
            await doorbell.wait(atMost: deadline - .now)
        }
    }

    private func run(_ job: Job, _ running: RunningJobs) async {
        observe(.jobStarted(job))
        let started = ContinuousClock.now
        do {
            try await perform(job, until: await running.cancellation(of: job))
            observe(.jobDone(job, seconds: started.elapsedSeconds))
        } catch {
            await end(job, after: error, wasUnwanted: await running.isUnwanted(job))
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
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await handler.run(job) }
            group.addTask {
                for await _ in cancellation { break }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func end(_ job: Job, after error: any Error, wasUnwanted: Bool) async {
        do {
            if wasUnwanted || error is ClaimLost {
                // A job that was to be cancelled loses its claim, and may notice that before the heartbeat tells.
                observe(try await jobs.cancel(job) ? .jobCancelled(job) : .claimLost(job))
            } else if Task.isCancelled || error is CancellationError {
                // The worker stops: unregistering hands the job back.
            } else {
                let failure = JobFailure(from: error)
                observe(.jobFailed(job, failure))
                if try await !jobs.fail(job, failure) { observe(.claimLost(job)) }
            }
        } catch {
            // The claim stays until the next call of `claim`, which tells the store that the job does not run here.
            observe(.databaseUnavailable("\(error)"))
        }
    }

    private func jittered(_ delay: Duration) -> Duration { delay * Double.random(in: 0.8...1.2) }
}
