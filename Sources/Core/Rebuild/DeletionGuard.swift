/// Keeps a rebuild of the wrong bucket, or of an emptied one, from forgetting a cache.
public struct DeletionGuard: Hashable, Sendable {
    /// Below so many present rows nothing is guarded: small caches change wholesale.
    public static let smallestGuarded = 100

    /// The largest part of the present rows that may go, 0 to 1.
    public var maxDeleteFraction: Double

    /// Guards with the cache's setting.
    public init(maxDeleteFraction: Double) { self.maxDeleteFraction = maxDeleteFraction }

    /// Throws `too_many_deletions` if the totals are beyond the limit.
    public func check(_ counters: RebuildCounters, cache: String) throws(JobFailure) {
        guard counters.presentRows >= DeletionGuard.smallestGuarded,
            Double(counters.presentRemoved) > maxDeleteFraction * Double(counters.presentRows)
        else { return }
        throw JobFailure(
            code: "too_many_deletions",
            message:
                "The rebuild would remove \(counters.presentRemoved) of \(counters.presentRows) rows of \(cache), more than "
                + "its max_delete_fraction allows, so it changed nothing; check bucket and prefix, or rebuild with "
                + "force => true.",
            isRetryable: false)
    }
}
