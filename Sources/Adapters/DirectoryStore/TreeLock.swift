import Glibc

/// The advisory lock on the root that keeps processes out of each other's way.
///
/// Moving a file to its escaped name (see `ObjectWriter`) is the one change that would let a reader of a directory miss
/// an object that was there all along. It is made under the exclusive lock; reading a directory's names and all other changes
/// happen under the shared one. A process that dies lets go of it; users' own `cp` and `rm` need no lock.
struct TreeLock {
    /// How the lock is held.
    enum Mode { case shared, exclusive }

    /// Give up after this long: some process holds the lock and does not go on.
    private static let patience = Duration.seconds(30)
    /// Pause between two attempts; a blocking call could not be cancelled.
    private static let pauseMicroseconds: UInt32 = 500

    private let root: DirectoryHandle

    /// The lock of a root that was opened for this call alone: locks belong to the open directory.
    init(root: DirectoryHandle) { self.root = root }

    /// Waits for the lock; a lock held already is given up for the new one, during which others may get in between.
    func acquire(_ mode: Mode) throws {
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

    /// Gives the lock up.
    func release() { flock(root.descriptor, LOCK_UN) }

    /// Runs `body` under the shared lock.
    func withShared<Value>(_ body: () throws -> Value) throws -> Value {
        try acquire(.shared)
        defer { release() }
        return try body()
    }
}
