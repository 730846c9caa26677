internal import Core
import Glibc

/// What the file system says of a name, a symbolic link itself rather than what it points to.
struct FileStatus: Sendable {
    /// What stands under the name; only the first two matter to the store.
    enum Kind { case regularFile, directory, other }

    /// What it is.
    let kind: Kind
    /// Bytes.
    let size: Int64
    /// Which file it is, whatever its name.
    let identity: FileIdentity
    /// How many names it has.
    let links: UInt64
    /// When its contents (of a directory: its names) last changed, in nanoseconds since the epoch; users can set it.
    let modified: Int64
    /// When anything about it last changed, in nanoseconds since the epoch; only the kernel sets it.
    let changed: Int64
    private let modifiedTime: timespec

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regularFile
            case S_IFDIR: .directory
            default: .other
            }
        size = Int64(status.st_size)
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        links = UInt64(status.st_nlink)
        modifiedTime = status.st_mtim
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
    }

    /// Opaque; differs whenever time, size or file differ.
    var etag: String {
        let time = UInt64(bitPattern: modified)
        let length = UInt64(bitPattern: size)
        return String(time, radix: 16) + "-" + String(length, radix: 16) + "-" + String(identity.inode, radix: 16)
    }

    /// Whether a change of the directory at `now` or later is sure to give it other times than these.
    ///
    /// The kernel's clock for file times stands still for up to 10 ms, and FAT keeps every other second only. Git calls
    /// an entry of its index that is too young for its times to be trusted "racily clean".
    func isSettled(at now: Int64) -> Bool {
        let second: Int64 = 1_000_000_000
        let isCoarse = modified % second == 0 && changed % second == 0
        return max(modified, changed) < now - (isCoarse ? second * 5 / 2 : second / 20)
    }

    /// Whether nothing has changed between this status and another of the same file.
    func hasSameTimes(as other: FileStatus) -> Bool {
        modified == other.modified && changed == other.changed
    }

    /// The object that the file holds.
    func summary(of key: ObjectKey) -> ObjectSummary {
        ObjectSummary(key: key, size: size, etag: etag, lastModified: modifiedAt)
    }

    /// When its contents last changed.
    var modifiedAt: Timestamp {
        // Anyone can set a file's time to any number; the bound (in the year 9999) keeps it a valid timestamp.
        let seconds = max(-62_135_596_800, min(Int64(modifiedTime.tv_sec), 253_402_300_799))
        return Timestamp(seconds: seconds, nanoseconds: Int64(modifiedTime.tv_nsec))
    }

    /// Wraps around for times outside 1677 to 2262: they are only compared for being equal or much older than now.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
