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

    /// Holds one chunk at a time.
    public func sha256(of object: ObjectStream) async throws -> [UInt8] { try await Self.digest(object.chunks) }

    private static func digest<Chunks: AsyncSequence>(_ chunks: Chunks) async throws -> [UInt8]
    where Chunks.Element == [UInt8] {
        let digest = RunningSHA256()
        for try await chunk in chunks { digest.update(chunk) }
        return try digest.end()
    }
}
