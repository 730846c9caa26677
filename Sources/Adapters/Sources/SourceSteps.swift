internal import Core

/// A range in pieces of 1 MiB, the last of which may be smaller.
struct SourceSteps: Sequence, IteratorProtocol {
    private static let size: Int64 = 1 << 20

    private var start: Int64
    private let end: Int64

    init(_ range: Range<Int64>) {
        start = range.lowerBound
        end = range.upperBound
    }

    mutating func next() -> Range<Int64>? {
        guard start < end else { return nil }
        let step = start..<Swift.min(end, start + Self.size)
        start = step.upperBound
        return step
    }
}

extension ObjectSource {
    /// The bytes of a range. Throws `inputOutput` where the source gives another number of them.
    func chunk(_ range: Range<Int64>, reusing spent: consuming [UInt8] = []) async throws -> [UInt8] {
        try Task.checkCancellation()
        let chunk = try await read(range, reusing: spent)
        guard chunk.count == range.count else {
            throw StoreError(
                .inputOutput,
                "What is to be stored gave \(chunk.count) bytes in place of \(range.count); it is tried again.",
                operation: "PutObject", bucket: "")
        }
        return chunk
    }
}
