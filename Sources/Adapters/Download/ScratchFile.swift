public import Core
internal import Glibc

/// A file without a name that takes the bytes of one download: gone when its owner lets go of it, or the process ends.
public final class ScratchFile: DownloadSink {
    private let file: RegularFile
    private let executor = DirectoryExecutor(lanes: 1)
    /// Where this process finds it, for as long as this lives: each opening reads from the start.
    public let path: String

    /// An empty file on the file system of that directory. Throws `exhausted` where there can be none.
    public init(in directory: String) throws(DownloadError) {
        do throws(SystemFailure) {
            let name = directory + "/.s3cache-" + String(UInt64.random(in: 0 ... .max), radix: 16)
            let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            let descriptor = try SystemFailure.check("create", name) { open(name, flags, 0o600) }
            file = RegularFile(descriptor: descriptor, path: name)
            path = "/proc/self/fd/\(descriptor)"
            try SystemFailure.check("remove", name) { unlink(name) }
        } catch {
            throw Self.exhausted(error)
        }
    }

    /// Adds bytes at the end, on a thread that may block. Throws `exhausted` where there is no room for them.
    public func write(_ bytes: [UInt8]) async throws {
        do {
            try await withTaskExecutorPreference(executor) { try self.file.writeAll(bytes) }
        } catch let error as SystemFailure {
            throw Self.exhausted(error)
        }
    }

    static func exhausted(_ failure: SystemFailure) -> DownloadError {
        DownloadError(
            .exhausted,
            "This worker cannot keep the file while it looks at it (\(failure.reason)); give its temporary directory room."
        )
    }
}
