import Glibc
import Testing

/// An empty directory of a test's own, removed with everything in it when the last reference goes.
final class ScratchDirectory: Sendable {
    let path: String

    init(in parent: String = "/tmp") throws {
        var template = Array((parent + "/s3cache-test-XXXXXX").utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = template.withUnsafeBufferPointer { String(cString: Array($0)) }
    }

    deinit {
        // `rm` can do what few can: remove paths of more than 4,096 bytes.
        var process = pid_t()
        let arguments = (["rm", "-rf", "--", path] as [String]).map { strdup($0) }
        defer { arguments.forEach { free($0) } }
        if posix_spawn(&process, "/bin/rm", nil, nil, arguments + [nil], nil) == 0 { waitpid(process, nil, 0) }
    }

    /// The path of a name in the directory.
    func path(_ name: String) -> String { path + "/" + name }

    /// Creates directories, one below the other.
    func makeDirectory(_ name: String) throws {
        var parent = path
        for component in name.utf8.split(separator: UInt8(ascii: "/")) {
            parent += "/" + String(Substring(component))
            try #require(mkdir(parent, 0o755) == 0 || errno == EEXIST, "mkdir \(parent)")
        }
    }

    /// Writes a file as a user would, and the directories that it needs.
    func write(_ name: String, _ text: String = "") throws {
        let components = name.utf8.split(separator: UInt8(ascii: "/"))
        try makeDirectory(components.dropLast().map { String(Substring($0)) }.joined(separator: "/"))
        try write(bytes: Array(name.utf8), text)
    }

    /// Writes a file whose name need not be UTF-8.
    func write(bytes name: [UInt8], _ text: String = "") throws {
        let path = (Array(path.utf8) + [UInt8(ascii: "/")] + name + [0]).map { CChar(bitPattern: $0) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        try #require(descriptor >= 0, "open \(name): \(String(cString: strerror(errno)))")
        defer { close(descriptor) }
        try #require(Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count)
    }

    /// The text of a file; nil if it cannot be opened.
    func read(_ name: String) -> String? {
        let descriptor = open(path(name), O_RDONLY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// The names in a directory, sorted; nil if there is none.
    func names(in name: String = ".") -> [String]? {
        guard let stream = opendir(path(name)) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let start = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            names.append(String(cString: start))
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }
}
