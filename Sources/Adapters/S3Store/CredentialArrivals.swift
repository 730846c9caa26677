internal import Core
internal import SigV4
internal import Synchronization

/// When this process first saw the credentials that its sources give now.
final class CredentialArrivals: Sendable {
    private struct Arrival {
        var credentials: Credentials
        var at: Timestamp
    }

    private let now: @Sendable () -> Timestamp
    private let arrivals = Mutex<[String?: Arrival]>([:])

    /// Nothing seen yet.
    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    /// The time at which the credentials of a profile were first those: the same for as long as they stay the same.
    func time(of credentials: Credentials, from profile: String?) -> Timestamp {
        let now = now()
        return arrivals.withLock { arrivals in
            if let known = arrivals[profile], known.credentials == credentials { return known.at }
            arrivals[profile] = Arrival(credentials: credentials, at: now)
            return now
        }
    }
}
