import Glibc

/// An open file, closed when its owner is done with it.
struct RegularFile: ~Copyable {
    /// Bytes read or written between two looks at whether the task was cancelled.
    private static let chunkSize = 1 << 20

    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// What is known of the file.
    func status() throws(SystemFailure) -> FileStatus {
        var status = stat()
        try SystemFailure.check("examine", path) { fstat(descriptor, &status) }
        return FileStatus(status)
    }

    /// All bytes up to the end; nil as soon as there are more than `limit`.
    func readAll(limit: Int) throws -> [UInt8]? {
        let size = Int(clamping: try status().size)
        guard size <= limit else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        // The file may grow while it is read: the end is where `read` says so.
        let isWhole = try withUnsafeTemporaryAllocation(byteCount: Self.chunkSize, alignment: 16) { chunk in
            while true {
                try Task.checkCancellation()
                let count = try SystemFailure.check("read", path) {
                    read(descriptor, chunk.baseAddress, chunk.count)
                }
                if count == 0 { return true }
                guard count <= limit - bytes.count else { return false }
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            }
        }
        return isWhole ? bytes : nil
    }

    /// The next bytes, at most 1 MiB of them; nil at the end.
    func readChunk() throws -> [UInt8]? {
        try Task.checkCancellation()
        let bytes = try [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
            count = try SystemFailure.check("read", path) { read(descriptor, buffer.baseAddress, buffer.count) }
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Writes all bytes at the current position.
    func writeAll(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                try Task.checkCancellation()
                let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.chunkSize))
                let count = try SystemFailure.check("write", path) { write(descriptor, part.baseAddress, part.count) }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Writes what another file holds from its current position on at the current position.
    func append(contentsOf source: borrowing RegularFile) throws {
        while let chunk = try source.readChunk() { try writeAll(chunk) }
    }

    /// Sets the time of the last modification, in nanoseconds since the epoch.
    func setModified(_ nanoseconds: Int64) throws(SystemFailure) {
        let time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        let times = [time, time]
        try SystemFailure.check("set the time of", path) { futimens(descriptor, times) }
    }

    /// Returns once the contents have reached the disk.
    func synchronize() throws(SystemFailure) {
        try SystemFailure.check("write", path) { fsync(descriptor) }
    }
}
