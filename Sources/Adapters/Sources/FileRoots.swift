public import Core
import Glibc

/// The directories below which jobs may upload files, and nothing else of the machine.
///
/// Every name of a path is opened in the directory before it, and no symbolic link is followed below a root: so a path
/// leads nowhere else, whoever changes the tree meanwhile.
public struct FileRoots: LocalFiles {
    let roots: [String]
    let executor = DirectoryExecutor(lanes: 2)
    /// Directories whose files are never removed; nil: none is removed anywhere.
    let keptDirectories: [String]?

    /// Absolute paths, separated by colons; empty ones count for nothing. The roots themselves may be symbolic links.
    ///
    /// Files can be removed where `keptDirectories` is not nil: all but those in these directories and below. Throws
    /// `configurationInvalid` for a root that is not absolute.
    public init(_ list: String, removingAllBut keptDirectories: [String]? = nil) throws {
        self.keptDirectories = keptDirectories
        roots = try list.split(separator: ":").map { root in
            guard root.hasPrefix("/") else {
                throw StoreError(
                    .configurationInvalid,
                    "S3CACHE_FILE_ROOTS has \(ObjectKey(String(root)).quoted), which is no absolute path; begin it with a slash.",
                    operation: "UploadFile", bucket: "")
            }
            return "/" + Self.names(of: String(root)).joined(separator: "/")
        }
    }

    /// Whether there is no such directory.
    public var isEmpty: Bool { roots.isEmpty }

    /// Whether somebody said what stays.
    public var canRemove: Bool { keptDirectories != nil }

    /// Opens the file.
    public func open(_ path: String) async throws -> any LocalFile {
        let places = try places(of: path)
        return try await withTaskExecutorPreference(executor) {
            for (root, names) in places {
                if let source = try openNow(path, root, names) { return source }
            }
            throw JobFailure(
                code: "file_not_found",
                message:
                    "There is no file \(ObjectKey(path).quoted) below the worker's S3CACHE_FILE_ROOTS, or a symbolic link "
                    + "leads to it: name the file itself.",
                isRetryable: false)
        }
    }

    /// The names in the directory of the first root that has it.
    public func names(in directory: String, of stems: Set<String>) async throws -> [String] {
        let places = try places(of: directory)
        return try await withTaskExecutorPreference(executor) {
            for (root, names) in places {
                if let found = try listNow(root, names, stems) { return found }
            }
            return []
        }
    }

    /// Where the file may be: a root, and the names that lead from there.
    func places(of path: String) throws -> [(root: String, names: [String])] {
        guard !roots.isEmpty else {
            throw Self.refusal(
                "This worker uploads no files: set S3CACHE_FILE_ROOTS to the directories that they lie in.")
        }
        let names = Self.names(of: path)
        guard !names.isEmpty, !names.contains(".."), !path.utf8.contains(0), !path.hasSuffix("/") else {
            throw Self.refusal(
                "The path \(ObjectKey(path).quoted) names no file below a root: write it without \"..\" and without a slash at its end."
            )
        }
        guard path.hasPrefix("/") else { return roots.map { ($0, names) } }
        let places = roots.compactMap { root -> (root: String, names: [String])? in
            let above = Self.names(of: root)
            guard names.count > above.count, names.starts(with: above) else { return nil }
            return (root, Array(names.dropFirst(above.count)))
        }
        guard !places.isEmpty else {
            throw Self.refusal(
                "The path \(ObjectKey(path).quoted) lies below none of the worker's S3CACHE_FILE_ROOTS: put the file there, or add "
                    + "its directory.")
        }
        return places
    }

    private func openNow(_ path: String, _ root: String, _ names: [String]) throws -> (any LocalFile)? {
        do {
            guard let name = names.last,
                let directory = try DirectoryHandle.open(root: root).directory(names.dropLast())
            else { return nil }
            // Without O_NONBLOCK, opening a FIFO would wait for its writer.
            let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
            let descriptor = try directory.absent(ENOENT, ELOOP, ENXIO, ENOTDIR) { () throws(SystemFailure) in
                try SystemFailure.check("open", path) { openat(directory.descriptor, name, flags) }
            }
            return try descriptor.map { try FileSource(descriptor: $0, path: path) }
        } catch let failure as SystemFailure {
            throw failure.storeError(operation: "UploadFile", bucket: root, key: nil)
        } catch let error as StoreError where error.code == .requestRefused {
            throw Self.refusal(error.message)
        }
    }

    private func listNow(_ root: String, _ names: [String], _ stems: Set<String>) throws -> [String]? {
        do {
            guard let directory = try DirectoryHandle.open(root: root).directory(names) else { return nil }
            var found: [String] = []
            try DirectoryNames.forEach(in: directory) { name, _ in
                guard let name = String(validatingCString: name), let dot = name.lastIndex(of: "."),
                    stems.contains(String(name[..<dot]))
                else { return }
                found.append(name)
            }
            return found.sorted { ObjectKey($0) < ObjectKey($1) }
        } catch let failure as SystemFailure {
            throw failure.storeError(operation: "UploadFile", bucket: root, key: nil)
        }
    }

    private static func names(of path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.map(String.init)
    }

    static func refusal(_ message: String) -> JobFailure {
        JobFailure(code: "file_not_allowed", message: message, isRetryable: false)
    }
}
