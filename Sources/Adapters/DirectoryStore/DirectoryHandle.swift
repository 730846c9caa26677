import Glibc

/// An open directory, closed when the last reference goes.
///
/// Everything below the root is reached from here, name by name, and never through a symbolic link: whoever swaps a
/// directory for a link gains nothing, since an open directory stays the one it was.
final class DirectoryHandle {
    /// The directory that the root was opened by, for messages.
    let root: String
    /// The names that lead here from the root.
    let names: [String]
    /// Valid as long as the handle lives.
    let descriptor: Int32

    init(root: String, names: [String], descriptor: Int32) {
        self.root = root
        self.names = names
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The path of this directory or of a name in it, for messages only.
    func path(of name: String? = nil) -> String {
        ([root] + names + (name.map { [$0] } ?? [])).joined(separator: "/")
    }

    /// Opens the root; it may be a symbolic link.
    static func open(root: String) throws(SystemFailure) -> DirectoryHandle {
        let descriptor = try SystemFailure.check("open", root) { Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        return DirectoryHandle(root: root, names: [], descriptor: descriptor)
    }

    /// Opens a directory in this one; nil if there is none of that name (a symbolic link is none).
    func directory(_ name: String) throws(SystemFailure) -> DirectoryHandle? {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let descriptor = try absent(ENOENT, ENOTDIR, ELOOP) { () throws(SystemFailure) in
            try SystemFailure.check("open", path(of: name)) { openat(self.descriptor, name, flags) }
        }
        return descriptor.map { DirectoryHandle(root: root, names: names + [name], descriptor: $0) }
    }

    /// Opens a directory several names below this one; nil if one of them is not there.
    func directory(_ names: some Sequence<String>) throws(SystemFailure) -> DirectoryHandle? {
        var current = self
        for name in names {
            guard let next = try current.directory(name) else { return nil }
            current = next
        }
        return current
    }

    /// What is known of this directory itself.
    func status() throws(SystemFailure) -> FileStatus {
        var status = stat()
        try SystemFailure.check("examine", path()) { fstat(descriptor, &status) }
        return FileStatus(status)
    }

    /// What is known of a name in this directory; nil if it is not there.
    func status(of name: UnsafePointer<CChar>) throws(SystemFailure) -> FileStatus? {
        var status = stat()
        let found = try absent(ENOENT) { () throws(SystemFailure) in
            try SystemFailure.check("examine", path(of: String(cString: name))) {
                fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW)
            }
        }
        return found == nil ? nil : FileStatus(status)
    }

    /// Opens a file in this directory for reading, whatever it is; nil if there is none, or a symbolic link or socket.
    func file(_ name: String) throws(SystemFailure) -> RegularFile? {
        // Without O_NONBLOCK, opening a FIFO would wait for its writer.
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = try absent(ENOENT, ELOOP, ENXIO) { () throws(SystemFailure) in
            try SystemFailure.check("open", path(of: name)) { openat(self.descriptor, name, flags) }
        }
        guard let descriptor else { return nil }
        return RegularFile(descriptor: descriptor, path: path(of: name))
    }

    /// Turns the given errors into nil.
    func absent<Value>(
        _ codes: Int32..., call: () throws(SystemFailure) -> Value
    ) throws(SystemFailure) -> Value? {
        do {
            return try call()
        } catch {
            guard codes.contains(error.code) else { throw error }
            return nil
        }
    }
}
