#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A body that is a part of a file. The file is closed with it.
final class FileUpload: UploadReader {
    private let descriptor: Int32
    private let offset: Int64
    private let size: Int64
    private var position: Int64 = 0

    /// Throws `bodySourceFailed` when the file cannot be opened or does not have that range.
    init(path: String, offset: Int64, length: Int64) throws(HTTPError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.offset = offset
        size = length
        guard descriptor >= 0 else { throw Self.failed("cannot be opened (errno \(errno))") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Self.failed("is no regular file")
        }
        let (end, overflow) = offset.addingReportingOverflow(length)
        guard !overflow, end <= Int64(status.st_size) else {
            throw Self.failed("is shorter than the range to be sent")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    var length: Int64? { size }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPError) -> HTTPBodyRead {
        let wanted = min(buffer.count, Int(size - position))
        guard wanted > 0 else { return .end }
        var count = -1
        repeat {
            count = pread(descriptor, buffer.baseAddress, wanted, off_t(offset + position))
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Self.failed("cannot be read (errno \(errno))") }
        guard count > 0 else { throw Self.failed("has become shorter than the range to be sent") }
        position += Int64(count)
        return .bytes(count)
    }

    func rewind() -> Bool {
        position = 0
        return true
    }

    private static func failed(_ what: String) -> HTTPError {
        HTTPError(.bodySourceFailed, "the file with the body \(what)")
    }
}
