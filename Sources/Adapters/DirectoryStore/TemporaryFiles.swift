import Glibc
import Synchronization

/// The directory below the root where one store's files are written, and the times they are given.
///
/// It is a directory of its own so that writing somewhere in the tree does not change the root: a listing may then
/// go on using what it knows of it.
final class TemporaryFiles: Sendable {
    /// Left-overs of processes that were killed are removed after a day; no write takes that long.
    static let staleAge = Duration.seconds(86_400)
    private static let cleaningInterval: Int64 = 3_600_000_000_000

    private struct Times {
        var lastModified: Int64 = 0
        var lastCleaning: Int64?
    }

    private let times = Mutex(Times())

    /// Writes a new file that will hold an object.
    func make(of bytes: [UInt8], in root: DirectoryHandle) throws -> TemporaryFile {
        let directory = try directory(in: root)
        return try TemporaryFile(of: bytes, modified: nextModified(), in: directory)
    }

    /// Begins a new file that will hold an object.
    func begin(in root: DirectoryHandle) throws -> FileDraft { try FileDraft(in: directory(in: root)) }

    /// The file that was begun, once all of it is written.
    func finish(_ draft: FileDraft) throws -> TemporaryFile {
        try TemporaryFile(finishing: draft, modified: nextModified())
    }

    /// Removes files that were last changed more than `age` ago, and gives their number.
    func removeStale(olderThan age: Duration, in root: DirectoryHandle) throws -> Int {
        guard let directory = try root.directory(ReservedName.temporary) else { return 0 }
        let now = SystemTime.nanoseconds()
        var removed = 0
        for name in try DirectoryNames.all(in: directory) {
            try Task.checkCancellation()
            guard let status = try directory.status(of: name), status.kind == .regularFile else { continue }
            if .nanoseconds(now &- status.modified) > age, try directory.removeFile(name) { removed += 1 }
        }
        return removed
    }

    /// Removes stale files if that has not been done for an hour.
    func removeStaleIfDue(in root: DirectoryHandle) throws {
        let now = SystemTime.nanoseconds()
        let isDue = times.withLock { times in
            if let last = times.lastCleaning, now - last < Self.cleaningInterval { return false }
            times.lastCleaning = now
            return true
        }
        if isDue { _ = try removeStale(olderThan: Self.staleAge, in: root) }
    }

    private func directory(in root: DirectoryHandle) throws -> DirectoryHandle {
        let name = ReservedName.temporary
        if let directory = try root.directory(name) { return directory }
        _ = try root.makeDirectory(name)
        guard let directory = try root.directory(name) else {
            throw SystemFailure(code: ENOTDIR, action: "open", path: root.path(of: name))
        }
        return directory
    }

    /// The kernel's own clock stands still for milliseconds; etags need every write to have a time of its own.
    private func nextModified() -> Int64 {
        times.withLock { times in
            times.lastModified = max(SystemTime.nanoseconds(), times.lastModified + 1)
            return times.lastModified
        }
    }
}
