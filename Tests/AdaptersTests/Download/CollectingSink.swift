import Core
import Synchronization

/// Keeps the bytes of one download.
final class CollectingSink: DownloadSink {
    private let stored = Mutex<[UInt8]>([])
    private let refuses: Bool

    struct Refusal: Error {}

    /// A sink that takes everything, or nothing.
    init(refuses: Bool = false) { self.refuses = refuses }

    var bytes: [UInt8] { stored.withLock { $0 } }

    func write(_ bytes: [UInt8]) async throws {
        if refuses { throw Refusal() }
        stored.withLock { $0 += bytes }
    }
}
