/// The files that jobs may upload.
public protocol LocalFiles: Sendable {
    /// Whether no file is allowed: then everything else throws `file_not_allowed`.
    var isEmpty: Bool { get }

    /// Whether files may be removed: else `remove` throws `file_not_allowed`.
    var canRemove: Bool { get }

    /// Opens a file by its path: below one of the allowed roots where it is absolute, else relative to the first root that has
    /// it. Its reads fail where it is changed meanwhile.
    ///
    /// Throws `JobFailure` with the code `file_not_allowed` for what lies elsewhere, is no regular file, or is reached through
    /// `..` or a symbolic link, and `file_not_found` for what is not there.
    func open(_ path: String) async throws -> any LocalFile

    /// The names in a directory that consist of one of `stems`, a dot, and an extension, in byte order; none where the directory is
    /// not there. Its path is as for `open`.
    ///
    /// Throws `JobFailure` with the code `file_not_allowed` as `open` does.
    func names(in directory: String, of stems: Set<String>) async throws -> [String]

    /// Removes a file that `open` gave for this path, and gives how many bytes of the disk that frees: none where it has other names.
    /// With `isDryRun` it only looks whether it could.
    ///
    /// Nothing else is ever removed: throws `JobFailure` with the code `file_changed` where the path leads to another file by now, or
    /// to one that was written to since it was opened, and `file_not_allowed` where files are not to be removed.
    func remove(_ file: any LocalFile, at path: String, isDryRun: Bool) async throws -> Int64
}

/// A file of the worker's machine.
public protocol LocalFile: ObjectSource {
    /// When its contents were last changed.
    var modifiedAt: Timestamp { get }
    /// Which file it is, by whatever path it was opened.
    var identity: FileIdentity { get }
}
