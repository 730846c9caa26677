import Synchronization

/// A clock that stands still until a test moves it.
final class CredentialClock: Sendable {
    private let seconds: Mutex<Int64>

    init(_ seconds: Int64 = 1_800_000_000) { self.seconds = Mutex(seconds) }

    var now: Int64 { seconds.withLock { $0 } }

    func advance(by seconds: Int64) { self.seconds.withLock { $0 += seconds } }
}
