import Core
import Synchronization

/// Random bytes that a seed and their offset determine, as a source. They come again after a length that no part has.
final class TestSource: ObjectSource {
    struct Broken: Error {}

    let size: Int64
    private let pattern: [UInt8]
    private let failure: (@Sendable (Range<Int64>) throws -> Void)?
    private let count = Mutex<Int64>(0)

    /// `failure` is asked before each read, and may throw.
    init(size: Int64, seed: UInt64 = 1, failure: (@Sendable (Range<Int64>) throws -> Void)? = nil) {
        self.size = size
        var generator = SeededGenerator(seed: seed)
        pattern = (0..<131_071).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
        self.failure = failure
    }

    /// How many bytes were read.
    var bytesRead: Int64 { count.withLock(\.self) }

    func read(_ range: Range<Int64>) async throws -> [UInt8] {
        try failure?(range)
        count.withLock { $0 += Int64(range.count) }
        return bytes(range)
    }

    /// The bytes themselves.
    func bytes(_ range: Range<Int64>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        while bytes.count < range.count {
            let start = Int((range.lowerBound + Int64(bytes.count)) % Int64(pattern.count))
            bytes += pattern[start..<min(pattern.count, start + range.count - bytes.count)]
        }
        return bytes
    }
}
