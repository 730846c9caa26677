public import Core
internal import SigV4

/// Digests by OpenSSL.
public struct DigestingHasher: SourceHasher {
    /// A hasher.
    public init() {}

    /// Reads the source 1 MiB at a time, unless it is in memory.
    public func digests(
        of source: any ObjectSource, _ plan: MultipartPlan, withMD5: Bool
    ) async throws -> SourceDigests {
        let digests = RunningDigests(plan, withMD5: withMD5)
        if plan.count == 1, let held = source as? BytesSource {
            digests.update(held.bytes)
            try digests.endPart()
            return try digests.end()
        }
        var chunk: [UInt8] = []
        for number in plan.numbers {
            for step in SourceSteps(plan.range(of: number)) {
                chunk = try await source.chunk(step, reusing: consume chunk)
                digests.update(chunk)
            }
            try digests.endPart()
        }
        return try digests.end()
    }

    /// One of SHA-256 that has taken nothing yet.
    public func begin() -> any RunningHash { RunningSHA256() }
}
