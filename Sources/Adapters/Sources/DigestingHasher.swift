public import Core
internal import SigV4

/// Digests by OpenSSL.
public struct DigestingHasher: SourceHasher {
    /// A hasher.
    public init() {}

    /// Reads the source 1 MiB at a time.
    public func digests(
        of source: any ObjectSource, _ plan: MultipartPlan, withMD5: Bool
    ) async throws -> SourceDigests {
        let digests = RunningDigests(plan, withMD5: withMD5)
        for number in plan.numbers {
            for step in SourceSteps(plan.range(of: number)) { digests.update(try await source.chunk(step)) }
            try digests.endPart()
        }
        return try digests.end()
    }

    /// One of SHA-256 that has taken nothing yet.
    public func begin() -> any RunningHash { RunningSHA256() }
}
