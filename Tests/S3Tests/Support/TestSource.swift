import S3
import Synchronization

/// Bytes that are told by their offset, as a source; it counts what was read.
final class TestSource: S3ByteSource {
    struct Broken: Error {}

    let size: Int64
    private let failsAt: Int64?
    private let readings = Mutex<[Range<Int64>]>([])

    /// So many bytes; reading the one at `failsAt` throws `Broken`.
    init(size: Int64, failsAt: Int64? = nil) {
        self.size = size
        self.failsAt = failsAt
    }

    /// What was read, in order.
    var ranges: [Range<Int64>] { readings.withLock(\.self) }

    func read(_ range: Range<Int64>) async throws -> [UInt8] {
        readings.withLock { $0.append(range) }
        if let failsAt, range.contains(failsAt) { throw Broken() }
        return bytes(range)
    }

    /// The bytes themselves.
    func bytes(_ range: Range<Int64>) -> [UInt8] {
        range.map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    }
}
