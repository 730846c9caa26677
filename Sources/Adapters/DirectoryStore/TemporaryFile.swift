/// A file that is being written where no reader looks, until it is moved to where it belongs; removed if it never is.
struct TemporaryFile: ~Copyable {
    private let directory: DirectoryHandle
    private let name: String
    private var isMoved = false
    /// What a reader will see of the object: unchanged by the move.
    let status: FileStatus

    /// Writes a new file and waits until its contents have reached the disk.
    init(of bytes: [UInt8], modified: Int64, in directory: DirectoryHandle) throws {
        let draft = try FileDraft(in: directory)
        try draft.append(bytes)
        try self.init(finishing: draft, modified: modified)
    }

    /// Takes a file that was written, and waits until its contents have reached the disk.
    init(finishing draft: FileDraft, modified: Int64) throws {
        status = try draft.finish(modified: modified)
        directory = draft.directory
        name = draft.keep()
    }

    deinit {
        if !isMoved { _ = try? directory.removeFile(name) }
    }

    /// Makes the file appear where it belongs if that name is free; false if it is not, or it cannot be done so.
    func appear(in target: DirectoryHandle, as newName: String) -> Bool {
        // The first name goes with the last of `self`.
        directory.link(name, to: target, as: newName)
    }

    /// Renames the file to where it belongs, replacing a file there; false if it cannot be that name at the moment.
    mutating func replace(in target: DirectoryHandle, as newName: String) throws -> Bool {
        isMoved = try directory.move(name, to: target, as: newName)
        return isMoved
    }
}
