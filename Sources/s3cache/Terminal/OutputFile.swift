internal import Glibc

/// A file that appears under its name once it is whole; until then, and if it never is, nobody sees a part of it.
///
/// What is there already and is no file, such as `/dev/null` or a named pipe, is written to as it is.
final class OutputFile {
    private let path: String
    /// Nil where nothing is to appear.
    private let temporaryPath: String?
    private let descriptor: Int32
    private var isFinished = false

    /// Creates the file beside where it is to appear.
    init(path: String) throws {
        self.path = path
        var status = stat()
        _ = stat(path, &status)
        if !Self.appearsWhole(path) {
            temporaryPath = nil
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            let temporaryPath = "\(path).s3cache-\(getpid())"
            self.temporaryPath = temporaryPath
            descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            // What takes a file's place may be read by whoever could read that, and by nobody else.
            if descriptor >= 0, status.st_mode != 0 { fchmod(descriptor, status.st_mode & 0o7777) }
        }
        guard descriptor >= 0 else { throw Self.failure("create", path) }
    }

    /// Whether a file is to appear there, as opposed to what is there already and is none.
    static func appearsWhole(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    deinit {
        close(descriptor)
        if !isFinished, let temporaryPath { unlink(temporaryPath) }
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws {
        guard try bytes.writeAll(to: descriptor) else { throw Self.failure("write", path) }
    }

    /// Gives the file its name, in place of what had it.
    func finish() throws {
        guard let temporaryPath else { return }
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw Self.failure("write", path) }
        isFinished = true
    }

    private static func failure(_ action: String, _ path: String) -> CommandFailure {
        CommandFailure(message: "Cannot \(action) \(path): \(String(cString: strerror(errno))).")
    }
}

extension [UInt8] {
    /// Writes all bytes; false if the descriptor takes no more.
    func writeAll(to descriptor: Int32) throws -> Bool {
        try withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                try Task.checkCancellation()
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.write(descriptor, part.baseAddress, part.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
