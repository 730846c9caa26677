/// Which file or directory something is, whatever its name: it stays the same through renames.
public struct FileIdentity: Hashable, Sendable {
    /// The file system's number.
    public let device: UInt64
    /// The file's number in its file system; used again after the file is gone.
    public let inode: UInt64

    /// A file.
    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

extension FileIdentity: Comparable {
    /// An order for finding equal ones; it means nothing.
    public static func < (left: FileIdentity, right: FileIdentity) -> Bool {
        (left.device, left.inode) < (right.device, right.inode)
    }
}
