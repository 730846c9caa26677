import Glibc

extension DirectoryHandle {
    /// Creates a file for writing that must not exist yet.
    func createFile(_ name: String) throws(SystemFailure) -> RegularFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = try SystemFailure.check("create", path(of: name)) {
            openat(self.descriptor, name, flags, 0o666)
        }
        return RegularFile(descriptor: descriptor, path: path(of: name))
    }

    /// Creates a directory; false if the name is taken or this directory has been removed meanwhile.
    func makeDirectory(_ name: String) throws(SystemFailure) -> Bool {
        try absent(EEXIST, ENOENT) { () throws(SystemFailure) in
            try SystemFailure.check("create", path(of: name)) { mkdirat(descriptor, name, 0o777) }
        } != nil
    }

    /// Removes a directory; false if it is not empty, not there, or in use as a mount point.
    func removeDirectory(_ name: String) throws(SystemFailure) -> Bool {
        try absent(ENOTEMPTY, EEXIST, ENOENT, ENOTDIR, EBUSY) { () throws(SystemFailure) in
            try SystemFailure.check("remove", path(of: name)) { unlinkat(descriptor, name, AT_REMOVEDIR) }
        } != nil
    }

    /// Removes a file; false if it is not there.
    @discardableResult
    func removeFile(_ name: String) throws(SystemFailure) -> Bool {
        try absent(ENOENT) { () throws(SystemFailure) in
            try SystemFailure.check("remove", path(of: name)) { unlinkat(descriptor, name, 0) }
        } != nil
    }

    /// Renames a file into another directory, replacing a file there atomically; false if the file or the directory is
    /// gone, or a directory has taken the name.
    func move(_ name: String, to target: DirectoryHandle, as newName: String) throws(SystemFailure) -> Bool {
        try absent(ENOENT, EISDIR, ENOTDIR, ENOTEMPTY, EEXIST) { () throws(SystemFailure) in
            try SystemFailure.check("rename a file to", target.path(of: newName)) {
                renameat(descriptor, name, target.descriptor, newName)
            }
        } != nil
    }

    /// Gives a file a second name in another directory; false if the name is taken, the file or the directory is gone,
    /// or the file system cannot do it.
    func link(_ name: String, to target: DirectoryHandle, as newName: String) -> Bool {
        linkat(descriptor, name, target.descriptor, newName, 0) == 0
    }

    /// Returns once the names in this directory have reached the disk.
    func synchronize() throws(SystemFailure) {
        try SystemFailure.check("write", path()) { fsync(descriptor) }
    }
}
