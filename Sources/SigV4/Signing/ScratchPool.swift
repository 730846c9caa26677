internal import Synchronization

/// Lends scratch memory to one signing call at a time, and keeps a few for the next calls.
final class ScratchPool: Sendable {
    static let shared = ScratchPool()

    private let idle = Mutex<[Loan]>([])
    private static let limit = 16

    // Only the call that took it from the pool touches it.
    private final class Loan: @unchecked Sendable {
        var scratch = SigningScratch()
    }

    /// Calls `body` with scratch memory of its own, its lists empty.
    @inline(__always)
    func withScratch<Result>(
        _ body: (inout SigningScratch) throws(SigningError) -> Result
    ) throws(SigningError) -> Result {
        let loan = idle.withLock { $0.popLast() } ?? Loan()
        defer {
            if !loan.scratch.isOversized {
                idle.withLock { idle in
                    if idle.count < Self.limit { idle.append(loan) }
                }
            }
        }
        loan.scratch.removeAll()
        return try body(&loan.scratch)
    }
}
