import Core
import Synchronization

/// What a source gives, from its beginning to its end, so much at a time that little is in memory.
final class SourcePieces: Sendable {
    private static let size: Int64 = 1 << 20

    private let source: any ObjectSource
    private let place = Mutex<Int64>(0)

    /// The pieces of a source, none taken yet.
    init(_ source: any ObjectSource) { self.source = source }

    /// The next one, 1 MiB at most; nil behind the last. Throws what the source throws.
    func next() async throws -> [UInt8]? {
        let range = place.withLock { place in
            let start = place
            place = min(source.size, start + Self.size)
            return start..<place
        }
        return range.isEmpty ? nil : try await source.read(range)
    }
}
