/// A file that is being written piece by piece where no reader looks; removed unless it becomes a `TemporaryFile`.
final class FileDraft {
    let directory: DirectoryHandle
    private let name: String
    private let file: RegularFile
    private var isKept = false

    /// A new file without contents.
    init(in directory: DirectoryHandle) throws {
        self.directory = directory
        name = String(UInt64.random(in: 0 ... .max), radix: 16)
        file = try directory.createFile(name)
    }

    deinit {
        if !isKept { _ = try? directory.removeFile(name) }
    }

    /// Writes all bytes behind what is there.
    func append(_ bytes: [UInt8]) throws { try file.writeAll(bytes) }

    /// Writes what another file holds behind what is there.
    func append(contentsOf source: borrowing RegularFile) throws { try file.append(contentsOf: source) }

    /// Sets the file's time, and waits until its contents have reached the disk.
    func finish(modified: Int64) throws(SystemFailure) -> FileStatus {
        try file.setModified(modified)
        try file.synchronize()
        return try file.status()
    }

    /// Gives the file's name, to whoever removes the file from now on.
    func keep() -> String {
        isKept = true
        return name
    }
}
