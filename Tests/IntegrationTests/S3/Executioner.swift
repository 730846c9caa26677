import TestSupport
import Testing

/// Kills workers (SIGKILL) at random moments, or at a request that the proxy in front of their bucket sees.
final class Executioner: Sendable {
    /// When a worker dies.
    enum Moment: CaseIterable, Sendable {
        /// After a random time, whatever it does.
        case anyTime
        /// With a PUT or DELETE of which the store never hears.
        case beforeWrite
        /// While a PUT or DELETE is on its way: the store gets all of it, a part, or nothing.
        case duringWrite
        /// With a PUT or DELETE that the store has done, and whose answer the worker never gets.
        case afterWrite
        /// With the HEAD that follows a PUT.
        case afterAnswer
        /// While a page of a listing is on its way.
        case duringListing
    }

    private struct Sentence: Sendable {
        var moment: Moment
        /// How many such requests are spared first.
        var spared: Int
        var isMet = false
    }

    private let sentence = Shared<Sentence?>(nil)
    private let tally = Shared<[Moment: Int]>([:])

    /// How many died at each moment.
    var kills: [Moment: Int] { tally.value }

    /// How many died.
    var count: Int { kills.values.reduce(0, +) }

    /// For the proxy: every third request is late, and the one that the worker dies with gets its part.
    func fault(for request: FaultProxy.Request) -> FaultProxy.Fault {
        sentence.withLock { sentence -> FaultProxy.Fault? in
            guard var current = sentence, !current.isMet, current.moment.isMet(by: request) else { return nil }
            current.isMet = current.spared == 0
            current.spared -= 1
            sentence = current
            guard current.isMet else { return nil }
            switch current.moment {
            case .beforeWrite: return .stall(.beforeRequest)
            case .afterWrite: return .stall(.afterRequest)
            case .afterAnswer: return Bool.random() ? .stall(.beforeRequest) : .stall(.afterRequest)
            case .duringListing: return .stall(.inBody(after: Int.random(in: 0..<100_000)))
            case .anyTime, .duringWrite: return Optional.none
            }
        } ?? (request.number % 3 == 0 ? .delay(.milliseconds(Int.random(in: 1...40))) : .none)
    }

    /// Kills a worker at such a moment, or after a while if that does not come; waits until nothing of it is left. The while
    /// is `patience` times as long as is enough on an idle machine, so that workers get anywhere on every machine.
    func execute(
        _ worker: ChildProcess, at moment: Moment, behind proxy: FaultProxy, patience factor: Int = 1
    ) async throws {
        sentence.withLock { $0 = Sentence(moment: moment, spared: Int.random(in: 0...2)) }
        // The moment itself is what is random; nothing is waited for.
        let usual = moment == .anyTime ? Int.random(in: 20...1_200) : 1_500
        let patience = ContinuousClock.now + .milliseconds(usual * factor)
        while ContinuousClock.now < patience, sentence.value?.isMet != true {
            try await Task.sleep(for: .milliseconds(1))
        }
        let isMet = sentence.value?.isMet == true
        if isMet { try await Task.sleep(for: .milliseconds(Int.random(in: moment.delay))) }
        #expect(worker.exit == nil, "it ended by itself: \(worker.standardError.suffix(1_000))")
        worker.kill()
        sentence.withLock { $0 = nil }
        tally.withLock { $0[isMet ? moment : .anyTime, default: 0] += 1 }
        try await worker.waitForExit()
        try await waitUntil("what the worker had sent has come to its end") { proxy.openConnections == 0 }
    }
}

extension Executioner.Moment {
    /// How long after the request it was seen, in milliseconds.
    fileprivate var delay: ClosedRange<Int> {
        switch self {
        case .anyTime, .beforeWrite, .duringWrite: 0...15
        case .afterWrite, .afterAnswer, .duringListing: 0...120
        }
    }

    fileprivate func isMet(by request: FaultProxy.Request) -> Bool {
        switch self {
        case .anyTime: false
        case .beforeWrite, .duringWrite, .afterWrite: request.method == "PUT" || request.method == "DELETE"
        case .afterAnswer: request.method == "HEAD"
        case .duringListing: request.query.contains("list-type")
        }
    }
}
