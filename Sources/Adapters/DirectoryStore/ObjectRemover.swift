/// Deletes one object and the directories that it leaves empty.
struct ObjectRemover {
    private let root: DirectoryHandle
    private let lock: TreeLock

    init(root: DirectoryHandle) {
        self.root = root
        self.lock = TreeLock(root: root)
    }

    /// Removes the object at `path` if it exists; returns when that has reached the disk.
    func remove(_ path: ObjectPath) throws {
        try lock.withShared {
            guard let parent = try root.directory(path.directories) else { return }
            if let plain = path.plain, try parent.status(of: plain)?.kind == .regularFile {
                try remove(plain, in: parent)
            }
            // A copy under the escaped name, hidden by the plain one until now, must not come to light.
            if let location = try ObjectLocation.findEscaped(path.escaped, in: parent) {
                try remove(location.name, in: location.directory)
            }
        }
    }

    private func remove(_ name: String, in directory: DirectoryHandle) throws {
        guard try directory.removeFile(name) else { return }
        try directory.synchronize()
        try removeEmptyDirectories(directory.names)
    }

    /// Removes the directory, then its parent and so on up to but not including the root, while they are empty.
    private func removeEmptyDirectories(_ names: [String]) throws {
        var names = names[...]
        while let name = names.popLast() {
            guard let parent = try root.directory(names), try parent.removeDirectory(name) else { return }
        }
    }
}
