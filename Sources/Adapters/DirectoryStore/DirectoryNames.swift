import Glibc

/// Reads the names in a directory.
enum DirectoryNames {
    /// What the directory itself says of a name, where its file system stores that.
    enum Kind { case regularFile, directory, other, unknown }

    /// Gives each name but `.` and `..`, in no order, to `visit`; the pointer is valid only there.
    static func forEach(
        in directory: DirectoryHandle, _ visit: (UnsafePointer<CChar>, Kind) throws -> Void
    ) throws {
        // A descriptor of its own: reading moves the position, and closing the stream closes it.
        let opened = try directory.absent(ENOENT) { () throws(SystemFailure) in
            try SystemFailure.check("read the directory", directory.path()) {
                openat(directory.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
        }
        // A directory that has been removed was empty.
        guard let descriptor = opened else { return }
        guard let stream = fdopendir(descriptor) else {
            let failure = SystemFailure(code: errno, action: "read the directory", path: directory.path())
            close(descriptor)
            throw failure
        }
        defer { closedir(stream) }
        while true {
            // Only `errno` tells the end from a failure.
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno != 0 else { return }
                throw SystemFailure(code: errno, action: "read the directory", path: directory.path())
            }
            let name = UnsafeRawPointer(entry).advanced(by: nameOffset).assumingMemoryBound(to: CChar.self)
            if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { try visit(name, kind(entry.pointee.d_type)) }
        }
    }

    /// All names but `.` and `..` that are UTF-8.
    static func all(in directory: DirectoryHandle) throws -> [String] {
        var names: [String] = []
        try forEach(in: directory) { name, _ in
            if let name = String(validatingCString: name) { names.append(name) }
        }
        return names
    }

    private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0

    private static func kind(_ type: UInt8) -> Kind {
        switch Int(type) {
        case DT_REG: .regularFile
        case DT_DIR: .directory
        case DT_UNKNOWN: .unknown
        default: .other
        }
    }
}
