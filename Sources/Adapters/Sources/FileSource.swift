public import Core
import Glibc

/// A file as a source: what was opened, whatever its name comes to mean later. It is closed with the last reference.
///
/// Reading throws `inputOutput` where the file is not as it was when it was opened: then its bytes are not those that were
/// looked at before. All reading runs on threads of its own.
public final class FileSource: LocalFile {
    /// Bytes.
    public let size: Int64
    /// When the file was last changed.
    public var modifiedAt: Timestamp { status.modifiedAt }
    /// Which file it is.
    public var identity: FileIdentity { status.identity }
    private let descriptor: Int32
    private let path: String
    private let status: FileStatus
    private let executor: DirectoryExecutor

    /// Takes a descriptor that is open for reading, and closes it also where this throws. `path` is for messages; `threads`
    /// says how many reads may block at a time.
    ///
    /// Throws `requestRefused` for what is no regular file.
    public init(descriptor: Int32, path: String, threads: Int = 2) throws {
        var found = stat()
        let isFound = fstat(descriptor, &found) == 0
        self.descriptor = descriptor
        self.path = path
        status = FileStatus(found)
        size = status.size
        executor = DirectoryExecutor(lanes: threads)
        guard isFound, status.kind == .regularFile else {
            throw Self.problem(.requestRefused, "is no regular file; name one", path)
        }
    }

    deinit { close(descriptor) }

    /// Reads the range, and looks whether the file has changed.
    public func read(_ range: Range<Int64>) async throws -> [UInt8] {
        try await withTaskExecutorPreference(executor) {
            try Task.checkCancellation()
            do {
                let bytes = try readNow(range)
                guard bytes.count == range.count, try isUnchanged() else {
                    throw Self.problem(.inputOutput, "was changed while it was read; it is tried again", path)
                }
                return bytes
            } catch let failure as SystemFailure {
                throw failure.storeError(operation: "PutObject", bucket: path, key: nil)
            }
        }
    }

    /// Whether a name stands for this file, and nothing about it has changed since it was opened.
    func isUntouched(_ found: FileStatus) -> Bool {
        found.kind == .regularFile && found.identity == identity && found.size == size
            && found.hasSameTimes(as: status)
    }

    /// The same for a file that was renamed meanwhile, which may count as a change, though not of its contents.
    func hasSameContents(_ found: FileStatus) -> Bool {
        found.kind == .regularFile && found.identity == identity && found.size == size
            && found.modified == status.modified
    }

    private func readNow(_ range: Range<Int64>) throws(SystemFailure) -> [UInt8] {
        var failure: SystemFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                do throws(SystemFailure) {
                    let got = try SystemFailure.check("read", path) {
                        pread(descriptor, rest.baseAddress, rest.count, off_t(range.lowerBound) + off_t(count))
                    }
                    guard got > 0 else { return }
                    count += got
                } catch {
                    failure = error
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private func isUnchanged() throws(SystemFailure) -> Bool {
        var now = stat()
        try SystemFailure.check("examine", path) { fstat(descriptor, &now) }
        let current = FileStatus(now)
        return current.size == size && current.modified == status.modified
    }

    private static func problem(_ code: StoreError.Code, _ what: String, _ path: String) -> StoreError {
        StoreError(code, "The file \(ObjectKey(path).quoted) \(what).", operation: "PutObject", bucket: path)
    }
}
