#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Reads a file that is small if it is what it should be.
enum SmallFile {
    /// All of a regular file; nil when there is none at the path. A device, such as /dev/null, counts as empty.
    ///
    /// Throws `sourceFailed` when it cannot be read, and `incomplete` for a directory and the like, and for a file that is
    /// larger than `limit`. It blocks for as long as the file system takes.
    static func read(_ path: String, limit: Int) throws(CredentialsError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw CredentialsError(.sourceFailed, "\(path) cannot be opened (\(reason(errno))): check its permissions")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw CredentialsError(.sourceFailed, "\(path) cannot be examined (\(reason(errno)))")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFCHR: return []
        default: throw CredentialsError(.incomplete, "\(path) is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= limit {
            let count = Self.read(descriptor, &buffer)
            guard count >= 0 else {
                throw CredentialsError(.sourceFailed, "\(path) cannot be read (\(reason(errno)))")
            }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
        throw CredentialsError(.incomplete, "\(path) is larger than \(limit) bytes: it cannot be what it should be")
    }

    private static func read(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, &buffer, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, &buffer, buffer.count)
            #else
                let count = Darwin.read(descriptor, &buffer, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
