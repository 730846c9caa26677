internal import SigV4

/// A part of a source as the body of a request.
struct StreamedBody: Sendable {
    /// How much is read at a time.
    static let step: Int64 = 1 << 20

    let source: any S3ByteSource
    let range: Range<Int64>
    /// Of the bytes in the range.
    let digest: SHA256.Digest

    var length: Int64 { range.upperBound - range.lowerBound }

    /// What is read next where `count` bytes were read.
    func step(after count: Int64) -> Range<Int64> {
        let start = min(range.upperBound, range.lowerBound + count)
        return start..<min(range.upperBound, start + Self.step)
    }
}
