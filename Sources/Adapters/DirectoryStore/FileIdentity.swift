/// Which file or directory something is, whatever its name: it stays the same through renames.
struct FileIdentity: Hashable, Sendable {
    /// The file system's number.
    let device: UInt64
    /// The file's number in its file system; used again after the file is gone.
    let inode: UInt64
}
