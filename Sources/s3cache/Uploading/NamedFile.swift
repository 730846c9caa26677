internal import Glibc

/// A file of this machine, and the name that it is to have in a cache.
struct NamedFile: Hashable, Sendable {
    /// Absolute, without `..`.
    var path: String
    /// The object's key without the cache's prefix.
    var filename: String
    /// Bytes, when it was looked at.
    var size: Int64

    /// A file that somebody named; its own name comes behind `prefix`. Throws `CommandFailure` for what is no readable file.
    init(_ path: String, prefix: String) throws {
        guard let resolved = realpath(path, nil) else { throw Self.failure(path, String(cString: strerror(errno))) }
        defer { free(resolved) }
        self.path = String(cString: resolved)
        var status = stat()
        guard stat(self.path, &status) == 0 else { throw Self.failure(path, String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Self.failure(path, "it is no regular file") }
        guard access(self.path, R_OK) == 0 else { throw Self.failure(path, String(cString: strerror(errno))) }
        size = Int64(status.st_size)
        // What the user called it, also where that is a link to a file of another name.
        filename = prefix + (path.split(separator: "/").last.map(String.init) ?? path)
    }

    /// Files that somebody named. Throws `CommandFailure` also where two of them would become one object.
    static func named(_ paths: [String], prefix: String) throws -> [NamedFile] {
        var taken: [String: String] = [:]
        return try paths.map { path in
            let file = try NamedFile(path, prefix: prefix)
            if let other = taken.updateValue(file.path, forKey: file.filename), other != file.path {
                throw failure(path, "\(other) would become the same object; rename one of them")
            }
            return file
        }
    }

    /// The images of a directory: its own files with the extension of an image, by name, hidden ones left out. Throws
    /// `CommandFailure` where it cannot be read.
    static func images(in directory: String, prefix: String) throws -> [NamedFile] {
        guard let stream = opendir(directory) else {
            throw failure(directory, String(cString: strerror(errno)))
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let isImage = name.split(separator: ".").last.map { extensions.contains($0.lowercased()) } ?? false
            if !name.hasPrefix("."), name.contains("."), isImage { names.append(name) }
        }
        return try names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map {
            try NamedFile("\(directory)/\($0)", prefix: prefix)
        }
    }

    private static let extensions: Set<String> = [
        "jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "heif", "bmp", "ico", "tif", "tiff", "svg",
    ]

    private static func failure(_ path: String, _ reason: String) -> CommandFailure {
        CommandFailure(message: "Cannot upload \(path): \(reason).")
    }
}
