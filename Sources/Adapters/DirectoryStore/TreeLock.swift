import Glibc

/// The advisory lock on the root that keeps readers and writers of directories out of each other's way.
///
/// Whoever reads a directory while a name in it is replaced or moved may see neither the old name nor the new one, and
/// so miss an object that was there all along: on tmpfs nearly every listing of 5,000 files did. Such changes are made
/// under the exclusive lock; reading a directory's names, and every other change, happen under the shared one. A
/// process that dies lets go of it. Users' own `cp` and `rm` need no lock; what they replace while it is listed may be
/// missing from that listing.
struct TreeLock {
    private enum Mode { case shared, exclusive }

    /// Give up after this long: some process holds the lock and does not go on.
    private static let patience = Duration.seconds(30)
    /// Pause between two attempts; a blocking call could not be cancelled.
    private static let pauseMicroseconds: UInt32 = 500

    private let root: DirectoryHandle

    /// The lock of a root that was opened for this call alone: locks belong to the open directory.
    init(root: DirectoryHandle) { self.root = root }

    /// Waits for the lock; one held already is given up first, and others may get in between.
    private func acquire(_ mode: Mode) throws {
        let operation = (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
        let deadline = ContinuousClock.now + Self.patience
        while flock(root.descriptor, operation) != 0 {
            let code = errno
            if code == EINTR { continue }
            guard code == EWOULDBLOCK, ContinuousClock.now < deadline else {
                throw SystemFailure(code: code, action: "lock", path: root.path())
            }
            try Task.checkCancellation()
            usleep(Self.pauseMicroseconds)
        }
    }

    /// Runs `body` under the exclusive lock, in place of the shared one that is held before and after.
    func withExclusive<Value>(_ body: () throws -> Value) throws -> Value {
        try acquire(.exclusive)
        let value = try body()
        try acquire(.shared)
        return value
    }

    /// Runs `body` under the shared lock.
    func withShared<Value>(_ body: () throws -> Value) throws -> Value {
        try acquire(.shared)
        defer { flock(root.descriptor, LOCK_UN) }
        return try body()
    }
}
