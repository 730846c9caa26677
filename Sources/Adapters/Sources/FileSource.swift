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
    public func read(_ range: Range<Int64>) async throws -> [UInt8] { try await read(range, reusing: []) }

    /// The same into an array that has the range's length; else into a new one.
    public func read(_ range: Range<Int64>, reusing spent: consuming [UInt8]) async throws -> [UInt8] {
        var bytes = spent
        try await withTaskExecutorPreference(executor) {
            try Task.checkCancellation()
            do {
                let count = try readNow(range, into: &bytes)
                guard count == range.count, try isUnchanged() else {
                    throw Self.problem(.inputOutput, "was changed while it was read; it is tried again", path)
                }
            } catch let failure as SystemFailure {
                throw failure.storeError(operation: "PutObject", bucket: path, key: nil)
            }
        }
        return bytes
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

    /// Gives how many bytes were read: fewer where the file has no more.
    private func readNow(_ range: Range<Int64>, into bytes: inout [UInt8]) throws(SystemFailure) -> Int {
        let start = range.lowerBound
        if bytes.count == range.count {
            return try bytes.withUnsafeMutableBufferPointer { buffer throws(SystemFailure) in
                try fill(UnsafeMutableRawBufferPointer(buffer), from: start)
            }
        }
        var outcome: Result<Int, SystemFailure> = .success(0)
        bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(SystemFailure) {
                count = try fill(UnsafeMutableRawBufferPointer(buffer), from: start)
                outcome = .success(count)
            } catch {
                outcome = .failure(error)
            }
        }
        return try outcome.get()
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, from start: Int64) throws(SystemFailure) -> Int {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let got = try SystemFailure.check("read", path) {
                pread(descriptor, rest.baseAddress, rest.count, off_t(start) + off_t(count))
            }
            guard got > 0 else { break }
            count += got
        }
        return count
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
