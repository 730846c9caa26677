public import Core
import Glibc

/// The files that somebody has named on a command line, wherever they lie, and nothing else of the machine.
public struct NamedFiles: LocalFiles {
    private let paths: Set<String>
    private let executor = DirectoryExecutor(lanes: 2)

    /// The files with these absolute paths, spelled so.
    public init(_ paths: some Sequence<String>) { self.paths = Set(paths) }

    /// Whether none was named.
    public var isEmpty: Bool { paths.isEmpty }

    /// Never: they were named to be uploaded.
    public var canRemove: Bool { false }

    /// Opens one of them; also through symbolic links, which are as good as what their user names.
    public func open(_ path: String) async throws -> any LocalFile {
        guard paths.contains(path) else {
            throw JobFailure(
                code: "file_not_allowed",
                message: "The file \(ObjectKey(path).quoted) was not named on the command line: name it there.",
                isRetryable: false)
        }
        return try await withTaskExecutorPreference(executor) {
            do {
                // Without O_NONBLOCK, opening a FIFO would wait for its writer.
                let descriptor = try SystemFailure.check("open", path) {
                    Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
                }
                return try FileSource(descriptor: descriptor, path: path)
            } catch let failure as SystemFailure {
                throw failure.storeError(operation: "UploadFile", bucket: path, key: nil)
            }
        }
    }

    /// None: files are named one by one.
    public func names(in directory: String, of stems: Set<String>) async throws -> [String] { [] }

    /// Throws `file_not_allowed`.
    public func remove(_ file: any LocalFile, at path: String, isDryRun: Bool) async throws -> Int64 {
        throw JobFailure(
            code: "file_not_allowed",
            message: "The file \(ObjectKey(path).quoted) was named to be uploaded, not removed.",
            isRetryable: false)
    }
}
