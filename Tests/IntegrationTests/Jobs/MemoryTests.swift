import Adapters
import Core
import TestSupport
import Testing

@testable import Worker

/// Large jobs wait for the worker's memory, small ones go on, and none is lost over it.
@Suite(.timeLimit(.minutes(15))) struct MemoryTests {
    private static let large = [UInt8](repeating: 0xEE, count: 1 << 20)
    private static let small = [UInt8](repeating: 0xEE, count: 1_000)

    /// A budget for one large upload, with a little room for small ones.
    private static func settings(concurrency: Int = 2) -> WorkerSettings {
        var settings = WorkerSettings.small
        settings.concurrency = concurrency
        settings.memoryBudget = MemoryFootprint.held(Int64(large.count)) + (1 << 20)
        return settings
    }

    private func upload(_ rig: Rig, _ name: String, _ bytes: [UInt8]) async throws -> Int64 {
        try await rig.session.connection.query("select s3cache.upload($1, $2)", [.string(name), .bytes(bytes)]).only[0]
    }

    /// A store in which the first write stands still until the signal is given.
    private func slowStore(_ began: Shared<Bool>, until signal: Shared<Bool>) -> HookedStore {
        HookedStore(
            MemoryStore(),
            onWrite: { key in
                guard key == "first" else { return }
                began.withLock { $0 = true }
                while !signal.value { try await Task.sleep(for: .milliseconds(10)) }
            })
    }

    @Test func largeWorkWaitsAndSmallWorkGoesOn() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let began = Shared(false)
            let signal = Shared(false)
            let short = Shared<[Int64]>([])
            let observe: Observe = { observation in
                if case .memoryShort(let job, _) = observation { short.withLock { $0.append(job.id) } }
            }
            let store = slowStore(began, until: signal)
            try await rig.withWorker(store, settings: Self.settings(), observe: observe) {
                let first = try await upload(rig, "first", Self.large)
                try await waitUntil("the first is being written") { began.value }
                let others = [try await upload(rig, "second", Self.large), try await upload(rig, "third", Self.large)]
                try await waitUntil("the others wait") { short.value.count == 2 }
                #expect(Set(short.value) == Set(others))
                // Both places are taken by large jobs, and small ones go on.
                for number in 0..<5 {
                    let small = try await rig.session.wait(for: try await upload(rig, "small \(number)", Self.small))
                    #expect(small.state == "done", "\(small)")
                }
                for id in others {
                    let status = try await rig.session.status(of: id)
                    #expect(status.state == "running" && status.attempt == 1, "\(status)")
                }
                #expect(try await store.head("second") == nil)
                signal.withLock { $0 = true }
                for id in [first] + others {
                    let status = try await rig.session.wait(for: id)
                    #expect(status.state == "done" && status.attempt == 1, "\(status)")
                }
            }
            #expect(try await rig.session.present() == (try await store.expectedRows()))
        }
    }

    /// As many wait as may: the next one is back in the queue, says why, and spends no attempt; what is small still goes on.
    @Test func whatFindsNoRoomToWaitComesBack() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let began = Shared(false)
            let signal = Shared(false)
            let store = slowStore(began, until: signal)
            try await rig.withWorker(store, settings: Self.settings()) {
                var ids = [try await upload(rig, "first", Self.large)]
                try await waitUntil("the first is being written") { began.value }
                for number in 0..<5 { ids.append(try await upload(rig, "other \(number)", Self.large)) }
                try await waitUntil("one is back in the queue") {
                    try await rig.session.number(
                        "select count(*) from s3cache.jobs where state = 'waiting' and attempt = 0") > 0
                }
                let error = try await rig.session.text("select max(error) from s3cache.jobs where state = 'waiting'")
                #expect(error?.hasPrefix("Insufficient memory headroom: ") == true, "\(error ?? "")")
                #expect(error?.contains("--memory-budget") == true)
                let small = try await rig.session.wait(for: try await upload(rig, "small", Self.small))
                #expect(small.state == "done", "\(small)")
                signal.withLock { $0 = true }
                for id in ids {
                    let status = try await rig.session.wait(for: id, deadline: .seconds(240))
                    #expect(status.state == "done" && status.attempt == 1, "\(status)")
                }
            }
        }
    }

    @Test func whatNeverFitsFailsAndNamesTheSetting() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let store = HookedStore(
                MemoryStore(), onHead: { _ in throw TestFailure("asked") },
                onWrite: { _ in throw TestFailure("written") })
            let id = try await upload(rig, "a", Self.large + Self.large)
            try await rig.run(try await rig.claim(.upload), store, settings: Self.settings())
            let status = try await rig.session.status(of: id)
            #expect(status.state == "failed" && status.code == "memory_budget_exceeded", "\(status)")
            #expect(
                status.error?.hasPrefix("Insufficient memory headroom: the job needs 8 MiB") == true
                    && status.error?.contains("--memory-budget is 5 MiB") == true, "\(status)")
        }
    }

    /// An object goes through a worker in pieces: one that is larger than the whole budget is read, too.
    @Test func readsReserveWhatAPieceTakes() async throws {
        try await Rig.use { rig in
            let store = MemoryStore()
            let largest = Shared(0)
            let observe: Observe = { observation in
                if case .memoryReserved(let bytes, _) = observation { largest.withLock { $0 = max($0, bytes) } }
            }
            let contents = (0..<8 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            try await store.put("large", contents)
            try await rig.withWorker(store, settings: Self.settings(), observe: observe) {
                let id = Int64(try await rig.session.number("select s3cache.read('large')"))
                let status = try await rig.session.wait(for: id)
                #expect(status.state == "done", "\(status)")
                #expect(try await rig.session.bytes("select s3cache.content(\(id))") == contents)
                let missing = Int64(try await rig.session.number("select s3cache.read('nothing')"))
                #expect(try await rig.session.wait(for: missing).state == "done")
            }
            #expect(largest.value > 0 && largest.value <= 4 << 20)
        }
    }

    /// What jobs have freed is given back to the system after they have ended, and not while nothing happens.
    @Test func memoryIsGivenBackOnceJobsHaveEnded() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            var settings = Self.settings()
            settings.givingBackDelay = .milliseconds(50)
            let given = Shared(0)
            let giveBack: @Sendable () -> Void = { given.withLock { $0 += 1 } }
            try await rig.withWorker(MemoryStore(), settings: settings, giveBackMemory: giveBack) {
                #expect(given.value == 0)
                for number in 1...2 {
                    let before = given.value
                    let id = try await upload(rig, "a\(number)", Self.large)
                    #expect(try await rig.session.wait(for: id).state == "done")
                    try await waitUntil("memory is given back") { given.value > before }
                }
            }
        }
    }

    /// A waiting job is cancelled like any other, and what it would have taken goes to the next.
    @Test func aWaitingJobCanBeCancelled() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let began = Shared(false)
            let signal = Shared(false)
            let short = Shared<[Int64]>([])
            let observe: Observe = { observation in
                if case .memoryShort(let job, _) = observation { short.withLock { $0.append(job.id) } }
            }
            let store = slowStore(began, until: signal)
            try await rig.withWorker(store, settings: Self.settings(), observe: observe) {
                let first = try await upload(rig, "first", Self.large)
                try await waitUntil("the first is being written") { began.value }
                let second = try await upload(rig, "second", Self.large)
                try await waitUntil("the second waits") { short.value == [second] }
                try await rig.session.run("select s3cache.cancel(\(second))")
                #expect(try await rig.session.wait(for: second).state == "cancelled")
                let third = try await upload(rig, "third", Self.large)
                try await waitUntil("the third waits") { short.value == [second, third] }
                signal.withLock { $0 = true }
                for id in [first, third] { #expect(try await rig.session.wait(for: id).state == "done") }
            }
            #expect(try await store.head("second") == nil)
        }
    }

    /// Waiting longer than a lease costs no claim.
    @Test func aWaitingJobKeepsItsLease() async throws {
        try await Rig.use { rig in
            try await rig.session.takeAnything()
            let began = Shared(false)
            let signal = Shared(false)
            var settings = Self.settings()
            settings.lease = .seconds(2)
            settings.progressInterval = .milliseconds(100)
            let store = slowStore(began, until: signal)
            try await rig.withWorker(store, settings: settings) {
                let first = try await upload(rig, "first", Self.large)
                try await waitUntil("the first is being written") { began.value }
                let second = try await upload(rig, "second", Self.large)
                try await waitUntil("the second has run for two leases") {
                    try await rig.session.number(
                        "select count(*) from s3cache.jobs where id = \(second) and state = 'running' and started_at < clock_timestamp() - interval '4 s'"
                    ) == 1
                }
                // Another worker finds nothing to rescue.
                let other = try await rig.register()
                #expect(try await rig.jobs.claim(for: other, limit: 10, park: false, running: nil).isEmpty)
                signal.withLock { $0 = true }
                for id in [first, second] {
                    let status = try await rig.session.wait(for: id)
                    #expect(status.state == "done" && status.attempt == 1, "\(status)")
                }
            }
        }
    }

    @Test func placesOfWaitingJobsAreGivenToOthers() {
        var settings = WorkerSettings()
        settings.concurrency = 4
        #expect(settings.freePlaces(running: 0, waiting: 0) == 4)
        #expect(settings.freePlaces(running: 4, waiting: 0) == 0)
        #expect(settings.freePlaces(running: 4, waiting: 3) == 3)
        #expect(settings.freePlaces(running: 7, waiting: 4) == 1)
        #expect(settings.freePlaces(running: 8, waiting: 7) == 0)
        #expect(settings.freePlaces(running: 8, waiting: 0) == 0)
    }
}

/// The gate itself: cancellations at any moment leave nothing behind.
@Suite(.timeLimit(.minutes(5))) struct MemoryGateTests {
    private static func job(_ number: Int) -> Job {
        Job(
            id: Int64(number), token: Int64(number), kind: .upload, cache: "c", arguments: JobArguments(), attempt: 1)
    }

    @Test(arguments: 0..<20) func everythingIsGivenBackWhateverHappens(seed: Int) async throws {
        var settings = WorkerSettings()
        settings.memoryBudget = 100
        settings.memoryPatience = 4
        let reserved = Shared((bytes: 0, waiting: 0, most: 0))
        let gate = MemoryGate(
            settings, patiently: true,
            observe: { observation in
                if case .memoryReserved(let bytes, let waiting) = observation {
                    reserved.withLock { $0 = (bytes, waiting, max($0.most, bytes)) }
                }
            })
        var random = SeededGenerator(seed: seed)
        let plans = (1...200).map { ($0, Int.random(in: 1...100, using: &random), random.once(in: 3)) }
        let ended = Shared(0)
        await withTaskGroup(of: Void.self) { group in
            for (number, bytes, isCancelled) in plans {
                group.addTask {
                    let job = Self.job(number)
                    await withTaskGroup(of: Void.self) { inner in
                        inner.addTask {
                            defer { gate.release(job) }
                            do {
                                if try !gate.reserve(bytes, for: job) { try await gate.wait(job) }
                                for _ in 0..<number % 5 { await Task.yield() }
                                ended.withLock { $0 += 1 }
                            } catch {
                                #expect(error is CancellationError && isCancelled, "\(error)")
                            }
                        }
                        if isCancelled {
                            for _ in 0..<number % 7 { await Task.yield() }
                            inner.cancelAll()
                        }
                    }
                }
            }
        }
        #expect(reserved.value.bytes == 0 && reserved.value.waiting == 0 && reserved.value.most <= 100)
        #expect(gate.waitingCount == 0)
        #expect(ended.value >= plans.count { !$0.2 })
    }

    @Test func tooManyWaitersAreTurnedAway() throws {
        var settings = WorkerSettings()
        settings.memoryBudget = 100
        settings.concurrency = 1
        let gate = MemoryGate(settings)
        #expect(try gate.reserve(100, for: Self.job(1)))
        #expect(try !gate.reserve(1, for: Self.job(2)))
        #expect(throws: JobFailure.self) { try gate.reserve(1, for: Self.job(3)) }
        let patient = MemoryGate(settings, patiently: true)
        #expect(try patient.reserve(100, for: Self.job(1)))
        for number in 2..<100 { #expect(try !patient.reserve(1, for: Self.job(number))) }
    }
}
