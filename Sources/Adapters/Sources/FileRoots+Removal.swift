public import Core
import Glibc

extension FileRoots {
    /// Removes the file, by its name in the directory that it lies in.
    ///
    /// The file gets another name first, `.s3cache-removing-…`, and goes only if what has that name then is the file: so what another
    /// program puts in its place meanwhile stays. A process that dies in between leaves the file under this name.
    public func remove(_ file: any LocalFile, at path: String, isDryRun: Bool) async throws -> Int64 {
        guard let keptDirectories, let file = file as? FileSource else {
            throw Self.refusal(
                "The file \(ObjectKey(path).quoted) is not to be removed here: s3cache archive --remove-local does that, "
                    + "where the command runs.")
        }
        let places = try places(of: path)
        return try await withTaskExecutorPreference(executor) {
            try Task.checkCancellation()
            do {
                for (root, names) in places {
                    guard let name = names.last,
                        let directory = try DirectoryHandle.open(root: root).directory(names.dropLast()),
                        let status = try directory.status(of: name)
                    else { continue }
                    guard file.isUntouched(status) else { throw Self.changed(path) }
                    if let kept = try keptDirectories.first(where: { try directory.lies(below: $0) }) {
                        throw Self.refusal(
                            "The file \(ObjectKey(path).quoted) lies in \(ObjectKey(kept).quoted), where objects are: it stays."
                        )
                    }
                    try directory.requireChangeable()
                    if !isDryRun { try directory.remove(name, path: path) { file.hasSameContents($0) } }
                    return status.links > 1 ? 0 : file.size
                }
            } catch let failure as SystemFailure {
                throw failure.storeError(operation: "RemoveFile", bucket: path, key: nil)
            }
            throw Self.changed(path)
        }
    }

    static func changed(_ path: String) -> JobFailure {
        JobFailure(
            code: "file_changed",
            message:
                "The file \(ObjectKey(path).quoted) was changed while it was compared: it stays; run the command again.",
            isRetryable: false)
    }
}

extension DirectoryHandle {
    /// Whether this is the directory with the path, or lies anywhere below it; false where there is none.
    fileprivate func lies(below path: String) throws(SystemFailure) -> Bool {
        let other = try absent(ENOENT, ENOTDIR) { () throws(SystemFailure) in try DirectoryHandle.open(root: path) }
        guard let other = try other?.status().identity else { return false }
        var directory = self
        var here = try directory.status().identity
        while here != other {
            let descriptor = try SystemFailure.check("open", directory.path()) {
                openat(directory.descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
            directory = DirectoryHandle(root: root, names: names, descriptor: descriptor)
            let above = try directory.status().identity
            // The topmost directory is its own parent.
            if above == here { return false }
            here = above
        }
        return true
    }

    /// Throws where names in the directory cannot be removed.
    fileprivate func requireChangeable() throws(SystemFailure) {
        try SystemFailure.check("change", path()) { faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) }
    }

    /// Removes the name if the file that it stands for is `isExpected`; else throws the failure `file_changed`, and the name is what it was.
    func remove(_ name: String, path: String, if isExpected: (FileStatus) -> Bool) throws {
        let hidden = ".s3cache-removing-" + String(UInt64.random(in: .min ... .max), radix: 16)
        guard try move(name, to: self, as: hidden), let status = try status(of: hidden) else {
            throw FileRoots.changed(path)
        }
        guard isExpected(status) else {
            // Unless something has come there by now: then it keeps the other name, and nothing is lost.
            if link(hidden, to: self, as: name) {
                try removeFile(hidden)
            } else if try self.status(of: name) == nil {
                _ = try move(hidden, to: self, as: name)
            }
            throw FileRoots.changed(path)
        }
        try removeFile(hidden)
    }
}
